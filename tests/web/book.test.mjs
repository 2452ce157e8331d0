/** The pages of the book's guide for web developers, in a real Chromium. `FEN_BOOK_PAGES` names their folder. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const folder = process.env.FEN_BOOK_PAGES;

let browser;
let server;

before(async () => {
  server = createServer(async ({ url }, response) => {
    const name = decodeURIComponent(new URL(url, "http://localhost").pathname.slice(1));
    try {
      const content = await readFile(join(folder, name));
      response.writeHead(200, { "content-type": KINDS[extname(name)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath: process.env.FEN_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("pages settle what stands in their form, and say why they cannot", async () => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html"));
  assert.ok(names.length > 0, "no pages");
  for (const name of names) {
    const page = await browser.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${server.address().port}/${encodeURIComponent(name)}`);
    const answer = page.locator("output");
    await answer.filter({ hasText: /[0-9]+\.[0-9]{2}/ }).waitFor();
    const fields = page.locator("input");
    assert.ok((await fields.count()) > 0, name);
    await fields.first().fill("-1");
    await answer.filter({ hasText: /0\.00/ }).waitFor();
    assert.deepEqual(complaints, [], name);
    await page.close();
  }
});
