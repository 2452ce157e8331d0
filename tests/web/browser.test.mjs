/** The page in a real Chromium: every cell of its table, its form, its checker, its errors, and its width on a phone. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { loadPolicy } from "../../wasm/web/fen.js";
import { column, madeModule } from "./made-module.mjs";
import { grain, madePlan } from "./made-plan.mjs";
import { expectations, readSiteFile, rowsOf, serveSite } from "./site.mjs";

const LANGUAGES = ["zh", "en"];
const [ENGLISH, CHINESE] = expectations.policies;
const MODULES = { en: ENGLISH, zh: CHINESE };
const EMPTY = { zh: "空", en: "empty" };
const MENDED = {
  en: ["surplus tier 15%..", "surplus tier 10..15%  -> retain 30%, carry 70%\nsurplus tier 15%.."],
  zh: ["结余 分档 15%..", "结余 分档 10..15%  -> 留用 30%, 结转 70%\n结余 分档 15%.."],
};
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  ...["--disable-sync", "--no-first-run"],
];

let site;
let browser;
let page;
let complaints;

before(async () => {
  site = await serveSite();
  const executablePath = process.env.FEN_CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: FLAGS });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A fresh page whose errors and warnings are gathered in `complaints`. */
async function newPage(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
}

const at = (testid) => page.getByTestId(testid);
const textOf = async (testid) => (await at(testid).textContent()).trim();

async function open(language) {
  await page.goto(`${site.address}?lang=${language}`);
  await at("case-0").waitFor();
}

/** Thousands grouped by the platform instead of the page's own code; text that is no number stays. */
function grouped(text) {
  const number = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  return number ? number[1] + BigInt(number[2]).toLocaleString("en-US") + (number[3] ?? "") : text;
}

async function assertNoOverflow() {
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  assert.ok(content <= window, `${content} px of content in ${window} px`);
}

describe("the page", () => {
  beforeEach(() => newPage());
  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(complaints, []);
  });

  for (const language of LANGUAGES) {
    for (const [key, policy] of Object.entries(MODULES)) {
      test(`shows every case of ${policy.module} (${language})`, async () => {
        await open(language);
        await at(`module-${key}`).check();
        const host = await loadPolicy(await readSiteFile(policy.module));
        const results = host.settle(rowsOf(policy));
        assert.equal(await page.locator("tbody tr").count(), expectations.cases.length);
        for (const [row, { inputs, outputs, rejected }] of expectations.cases.entries()) {
          for (const [column, input] of inputs.entries()) {
            assert.equal(await textOf(`case-${row}-input-${column}`), input === "" ? EMPTY[language] : grouped(input));
          }
          for (const [column, output] of (outputs ?? []).entries()) {
            assert.equal(await textOf(`case-${row}-output-${column}`), grouped(output), `row ${row}`);
          }
          if (rejected) {
            assert.equal(await textOf(`case-${row}-code`), rejected.code);
            assert.equal(await textOf(`case-${row}-reason`), results[row].reason[language]);
            const wrong = at(`case-${row}-input-${rejected.column}`);
            assert.match(await wrong.getAttribute("class"), /\bwrong\b/);
          }
        }
      });

      test(`says what ${policy.module} is (${language})`, async () => {
        await open(language);
        await at(`module-${key}`).check();
        const { schema } = await loadPolicy(await readSiteFile(policy.module));
        assert.equal(await textOf("policy-title"), schema.title);
        assert.equal(await textOf("policy-name"), schema.policy);
        assert.equal(await textOf("policy-source"), "曲政办发〔2022〕65号");
        assert.match(await textOf("policy-in-force"), language === "zh" ? /2022年8月1日/ : /1 August 2022/);
        assert.match(await at("policy-citation").first().textContent(), /三\(五\)3/);
        const head = await page.locator("thead th").allTextContents();
        const labels = [...schema.inputs, ...schema.outputs].map(({ label }) => label[language]);
        labels.forEach((label, column) => assert.ok(head[column + 1].startsWith(label), label));
      });
    }

    test(`settles the reader's own numbers at once (${language})`, async () => {
      await open(language);
      await at("module-en").check();
      await at("try-input-0").fill("98765432.10");
      await at("try-input-1").fill("87654321.09");
      assert.equal(await textOf("try-output-0"), "8,765,432.07");
      assert.equal(await textOf("try-output-1"), "2,345,678.94");
      await at("try-input-1").fill("87654321.095");
      assert.equal(await textOf("try-code"), "too_many_decimals");
      assert.equal(await at("try-output-0").count(), 0);
      assert.equal(await at("try-input-1").getAttribute("aria-invalid"), "true");
      assert.equal(await at("try-input-0").getAttribute("aria-invalid"), "false");
      await at("try-input-1").fill("");
      assert.equal(await textOf("try-code"), "missing");
      await at("try-input-1").fill("100000000000.01");
      assert.equal(await textOf("try-code"), "above_max");
    });

    test(`checks a policy with a gap, then the mended one (${language})`, async () => {
      await open(language);
      const source = await at("check-source").inputValue();
      await at("check-button").click();
      const gap = at("diagnostic").filter({ has: page.getByText("fen::tier::gap", { exact: true }) });
      await gap.waitFor();
      const message = await gap.getByTestId("diagnostic-message").textContent();
      assert.match(message, language === "zh" ? /\p{Script=Han}/u : /^[^\p{Script=Han}]+$/u);
      const everything = await gap.textContent();
      assert.ok(everything.includes("10%") && everything.includes("15%"), everything);
      const line = Number(await gap.getByTestId("diagnostic-line").first().getAttribute("data-line"));
      assert.ok(line >= 1 && line <= source.split("\n").length);

      const [last, mended] = MENDED[language];
      assert.ok(source.includes(last));
      await at("check-source").fill(source.replace(last, mended));
      await at("check-button").click();
      await gap.waitFor({ state: "detached" });
      await page.locator("[data-testid=check-clean], [data-testid=check-count]").waitFor();
      assert.equal(await page.locator("[data-testid=diagnostic][data-severity=error]").count(), 0);
    });

    test(`fits a phone (${language})`, async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await open(language);
      for (const key of Object.keys(MODULES)) {
        await at(`module-${key}`).check();
        await assertNoOverflow();
      }
      await at("try-input-0").fill("9".repeat(60));
      await at("check-button").click();
      await at("diagnostic").first().waitFor();
      await assertNoOverflow();
    });
  }

  test("changes its language in place and keeps what was typed and checked", async () => {
    await open("en");
    await at("try-input-0").fill("123.45");
    await at("check-button").click();
    await at("diagnostic").first().waitFor();
    await at("lang-zh").click();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    assert.equal(await at("lang-zh").getAttribute("aria-pressed"), "true");
    assert.equal(await at("lang-en").getAttribute("aria-pressed"), "false");
    assert.equal(await at("try-input-0").inputValue(), "123.45");
    assert.match(page.url(), /lang=zh/);
    await at("diagnostic-message").filter({ hasText: /\p{Script=Han}/u }).first().waitFor();
  });

  test("names every control and the table", async () => {
    await open("en");
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll("input, select, textarea")]
        .filter((control) => control.labels.length === 0)
        .map((control) => control.outerHTML),
    );
    assert.deepEqual(unnamed, []);
    assert.notEqual((await page.locator("table caption").textContent()).trim(), "");
    assert.equal(await at("try-result").getAttribute("aria-live"), "polite");
  });
});

describe("a policy with columns of every type and parameters", () => {
  const made = madeModule({
    inputs: [
      column("level", "enum"),
      column("previous", "enum", { optional: true }),
      column("surgery", "bool"),
      column("known", "bool", { optional: true }),
      column("day", "date"),
      column("drug", "code"),
      column("part", "rate", { scale: 4 }),
      column("total", "money", { scale: 2, min: "0.00", max: "10000000.00" }),
    ],
    parameters: [column("cut", "pp", { scale: 4 })],
    codes: ["AA1"],
  });

  beforeEach(async () => {
    await newPage();
    await page.route("**/surplus.wasm", (route) => route.fulfill({ body: Buffer.from(made), contentType: "application/wasm" }));
  });
  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(complaints, []);
  });

  for (const language of LANGUAGES) {
    test(`is given through fields of their kind (${language})`, async () => {
      await page.goto(`${site.address}?lang=${language}`);
      await at("module-en").check();
      await at("try-parameters-wanted").waitFor();
      assert.match(await textOf("try-parameters-wanted"), /cut/);
      await at("try-parameter-0").fill("200pp");
      assert.equal(await at("try-parameter-0").getAttribute("aria-invalid"), "true");
      await at("try-parameter-0").fill("10pp");
      assert.equal(await at("try-parameter-0").getAttribute("aria-invalid"), "false");
      assert.equal(await textOf("try-code"), "missing");
      assert.equal(await at("try-input-0").getAttribute("aria-invalid"), "true");
      await at("try-input-0").selectOption({ label: language === "zh" ? "city级" : "city" });
      await at("try-input-2").check();
      await at("try-input-4").fill("2022-08-01");
      await at("try-input-5").fill("AA1");
      await at("try-input-6").fill("70.25%");
      await at("try-input-7").fill("1234567.80");
      const zh = ["city级", "空", "是", "空", "2022-08-01", "AA1", "70.25%", "1,234,567.80", "10.00pp"];
      const en = ["city", "empty", "yes", "empty", "2022-08-01", "AA1", "70.25%", "1,234,567.80", "10.00pp"];
      for (const [place, wanted] of (language === "zh" ? zh : en).entries()) {
        assert.equal(await textOf(`try-output-${place}`), wanted);
      }
      await at("try-input-1").selectOption("0");
      await at("try-input-3").selectOption("false");
      assert.equal(await textOf("try-output-1"), language === "zh" ? "county级" : "county");
      assert.equal(await textOf("try-output-3"), language === "zh" ? "否" : "no");
      await at("try-input-7").fill("1.005");
      assert.equal(await textOf("try-code"), "too_many_decimals");
      await page.setViewportSize({ width: 360, height: 740 });
      await assertNoOverflow();
      const other = language === "zh" ? "en" : "zh";
      await at(`lang-${other}`).click();
      assert.equal(await at("try-input-0").inputValue(), "1");
      assert.equal(await at("try-input-2").isChecked(), true);
      assert.equal(await at("try-parameter-0").inputValue(), "10pp");
    });
  }
});

describe("a policy that looks beyond the claim", () => {
  const money = (title) => column(title, "money", { scale: 2, min: "0.00", max: "1000.00" });
  const running = {
    inputs: [column("person", "id"), money("burden"), column("reverses", "id", { optional: true })],
    phases: [{ grain: 0, sum: { name: "paid before", of: 1, grain: 1 } }],
    plan: {
      grains: [grain("claim"), grain("person", [0])],
      reversal: { claim: 0, reverses: 2 },
      results: [{ grain: 0, outputs: [[0, "paid before"], [0, "burden_out"]] }],
    },
  };
  const pool = {
    inputs: [column("hospital", "id"), money("points")],
    phases: [{ grain: 0 }, { grain: 1, more: [{ source: { from: "total", total: 0 }, column: money("earned") }] }],
    plan: {
      grains: [grain("claim"), grain("hospital", [0])],
      totals: [{ function: "sum", phase: 0, output: 1, grain: 1 }],
      results: [{ grain: 0, outputs: [[0, "points_out"]] }, { grain: 1, outputs: [[1, "earned_out"]] }],
    },
  };

  async function openPlan(parts, language) {
    await newPage();
    const body = Buffer.from(madePlan(parts));
    await page.route("**/surplus.wasm", (route) => route.fulfill({ body, contentType: "application/wasm" }));
    await page.goto(`${site.address}?lang=${language}`);
    await at("module-en").check();
  }
  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(complaints, []);
  });

  for (const language of LANGUAGES) {
    test(`asks for what was before it (${language})`, async () => {
      await openPlan(running, language);
      await at("try-running").waitFor();
      assert.equal(await at("try-input-2").count(), 0);
      await at("try-input-0").fill("A");
      await at("try-input-1").fill("12.50");
      assert.deepEqual([await textOf("try-output-0"), await textOf("try-output-1")], ["0.00", "12.50"]);
      await at("try-running-0").fill("700");
      assert.equal(await textOf("try-output-0"), "700.00");
      await at("try-running-0").fill("7.001");
      assert.match(await textOf("try-problem"), /paid before: 7\.001/);
      assert.equal(await at("try-whole").isVisible(), false);
    });

    test(`settles a whole file if it must (${language})`, async () => {
      await openPlan(pool, language);
      await at("try-whole").waitFor();
      assert.equal(await at("try-input-0").count(), 0);
      const give = (text) => at("try-file").setInputFiles({ name: "claims.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
      await give('points,hospital\r\n1.50,"h,2"\r\n\r\n2,h1\r\nx,h1\r\n3.25,"h,2"\r\n');
      await at("whole-hospital").waitFor();
      const cells = (testid) => page.locator(`[data-testid=${testid}] tbody td`).allTextContents();
      assert.deepEqual(await cells("whole-hospital"), ["h,2", "4.75", "h1", "2.00"]);
      assert.equal((await cells("whole-rows")).length, 16);
      assert.match(await textOf("whole-summary"), /4/);
      await page.setViewportSize({ width: 360, height: 740 });
      await assertNoOverflow();
      await give("points,hospital\n1\n");
      await at("whole-unreadable").waitFor();
    });
  }
});

describe("the reader's browser", () => {
  afterEach(() => page.context().close());

  for (const [locale, lang] of [["zh-CN", "zh-CN"], ["en-US", "en"], ["fr-FR", "en"]]) {
    test(`set to ${locale} gets ${lang}`, async () => {
      await newPage({ locale });
      await page.goto(site.address);
      await at("case-0").waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
    });
  }
});

describe("what cannot be loaded", () => {
  beforeEach(() => newPage());
  afterEach(() => page.context().close());

  test("a module that is not there is named, and the other one still works", async () => {
    await page.route("**/surplus.wasm", (route) => route.fulfill({ status: 404 }));
    await page.goto(`${site.address}?lang=en`);
    await at("load-error").waitFor();
    assert.match(await textOf("load-error"), /surplus\.wasm.*404/);
    await at("module-zh").check();
    await at("case-0").waitFor();
  });

  test("a module that is refused says why, in the reader's language", async () => {
    await page.route("**/surplus.wasm", (route) => route.fulfill({ body: "not a module" }));
    await page.goto(`${site.address}?lang=zh`);
    await at("load-error").waitFor();
    assert.match(await textOf("load-error"), /surplus\.wasm.*不是有效的 WebAssembly 模块/);
  });

  test("without the cases the form still works", async () => {
    await page.route("**/expectations.json", (route) => route.abort());
    await page.goto(`${site.address}?lang=en`);
    await at("load-error").waitFor();
    await at("try-input-0").fill("1.00");
    assert.equal(await textOf("try-code"), "missing");
    assert.equal(await at("settlement").isVisible(), false);
  });

  test("without the compiler only its section says so", async () => {
    await page.route("**/pkg/**", (route) => route.fulfill({ status: 404 }));
    await open("en");
    await at("check-button").click();
    await at("check-unavailable").waitFor();
    assert.equal(await at("load-error").isVisible(), false);
    assert.equal(await textOf("case-0-output-0"), "5,000,000.00");
  });
});
