/** What both test files stand on: the built site, the expectations, and the two policies. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const EXPECTATIONS = new URL("../expectations/surplus.json", import.meta.url);
const MIME_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The folder of the built site. */
export function siteFolder() {
  const folder = process.env.FEN_SITE;
  if (!folder) throw new Error("FEN_SITE must name the folder of the built site");
  return folder;
}

/** tests/expectations/surplus.json. */
export const expectations = JSON.parse(await readFile(fileURLToPath(EXPECTATIONS), "utf8"));

/** The bytes of a file of the site, as a Uint8Array of its own. */
export async function readSiteFile(name) {
  return new Uint8Array(await readFile(join(siteFolder(), name)));
}

/** The rows of the expectations as a policy's host wants them. */
export function rowsOf(policy) {
  return expectations.cases.map(({ inputs }) => Object.fromEntries(policy.inputs.map((name, at) => [name, inputs[at]])));
}

/** Serves the site on a free port of this machine alone. */
export async function serveSite() {
  const root = normalize(siteFolder() + sep);
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = normalize(join(root, path.endsWith("/") ? `${path}index.html` : path));
    try {
      if (!file.startsWith(root)) throw new Error("outside the site");
      const content = await readFile(file);
      response.writeHead(200, { "content-type": MIME_TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
