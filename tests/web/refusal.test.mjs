/** What a host refuses: the real module with one fault at a time. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FenError, loadPolicy } from "../../wasm/web/fen.js";
import { column, madeModule } from "./made-module.mjs";
import {
  holdsSchema,
  initialMemory,
  name,
  SECTION,
  split,
  withIdleFunction,
  withoutSchema,
  withSchema,
  withSchemaBytes,
  withSection,
  withSectionAfter,
} from "./module-bytes.mjs";
import { expectations, readSiteFile } from "./site.mjs";

const real = await readSiteFile(expectations.policies[0].module);
const { schema: realSchema } = await loadPolicy(real);

/** What the schema and each of its columns always have; `abi` has a refusal of its own. */
const MEMBERS = [
  ...["policy", "language", "title", "source", "in_force", "dated_by", "compiler", "source_sha256", "code_sha256"],
  ...["batch", "codes", "codes_sha256", "parameters", "inputs", "outputs", "rejects", "citations", "invariants"],
];
const COLUMN_MEMBERS = ["name", "label", "type", "unit", "scale", "min", "max", "optional", "layout", "offset"];

async function assertRefused(bytes, code, place) {
  await assert.rejects(loadPolicy(bytes), (error) => {
    assert.ok(error instanceof FenError, `${place}: ${error}`);
    assert.equal(error.code, code, place);
    assert.match(error.messages.zh, /\p{Script=Han}/u);
    assert.ok(error.messages.en.length > 0);
    return true;
  });
}

/** The JSON of the real schema as text. */
function schemaText() {
  const { content } = split(real).find(holdsSchema);
  return new TextDecoder().decode(Uint8Array.from(content.slice(name("fen.schema").length)));
}

test("the same bytes are accepted from an ArrayBuffer, a Uint8Array and a part of a larger buffer", async () => {
  const larger = new Uint8Array(real.length + 16);
  larger.set(real, 8);
  for (const bytes of [real, real.slice().buffer, larger.subarray(8, 8 + real.length)]) {
    assert.equal((await loadPolicy(bytes)).schema.policy, realSchema.policy);
  }
});

test("rebuilding a module byte by byte changes nothing for the host", async () => {
  assert.deepEqual((await loadPolicy(withSchema(real, () => {}))).schema, realSchema);
});

describe("the file", () => {
  test("cut off anywhere", async () => {
    const needed = split(real).filter((section) => section.id !== SECTION.custom || holdsSchema(section));
    const shortest = needed.at(-1).end;
    for (let length = 0; length < shortest; length++) {
      await assert.rejects(loadPolicy(real.subarray(0, length)), { name: "FenError" }, `at ${length}`);
    }
    for (const length of [0, 4, 7, 9, shortest - 1]) {
      await assertRefused(real.subarray(0, length), "invalid_module", `at ${length}`);
    }
  });

  test("not WebAssembly", () => assertRefused(new TextEncoder().encode("<!doctype html>"), "invalid_module"));

  test("a section longer than the file", async () => {
    const bytes = real.slice();
    bytes.set([0xff, 0xff, 0xff, 0xff, 0x0f], 9);
    await assertRefused(bytes, "invalid_module");
  });

  test("a length that never ends", async () => {
    const bytes = real.slice();
    bytes.fill(0x80, 9, 19);
    await assertRefused(bytes, "invalid_module");
  });

  test("a code section that does not validate", () =>
    assertRefused(withSection(real, SECTION.code, (content) => content.map((byte) => byte ^ 0x55)), "invalid_module"));

  test("one that imports", () => {
    const table = [1, ...name("host"), ...name("table"), 1, 0x70, 0, 0];
    return assertRefused(withSectionAfter(real, SECTION.type, { id: SECTION.import, content: table }), "has_imports");
  });

  test("one with a start function", () => {
    const { module, index } = withIdleFunction(real, "idle");
    return assertRefused(withSectionAfter(module, SECTION.export, { id: SECTION.start, content: [index] }), "has_start");
  });
});

describe("the memory", () => {
  const withFlags = (flags) => withSection(real, SECTION.memory, ([count, , ...limits]) => [count, flags, ...limits]);

  test("unbounded", () => {
    const unbounded = withSection(real, SECTION.memory, ([count, , ...limits]) => {
      const minimum = limits.slice(0, limits.findIndex((byte) => byte < 128) + 1);
      return [count, 0, ...minimum];
    });
    return assertRefused(unbounded, "memory_unbounded");
  });

  test("shared", () => assertRefused(withFlags(3), "memory_shared"));
  test("64-bit", () => assertRefused(withFlags(5), "memory_64_bit"));
  test("of an unknown kind", () => assertRefused(withFlags(9), "invalid_module"));

  test("not exported under its name", () => {
    const renamed = withSection(real, SECTION.export, (content) => {
      const bytes = Buffer.from(content);
      bytes.write("Memory", bytes.indexOf("memory"));
      return [...bytes];
    });
    return assertRefused(renamed, "memory_missing");
  });
});

describe("the schema", () => {
  test("absent", () => assertRefused(withoutSchema(real), "schema_missing"));

  test("twice", async () => {
    const again = split(real).find(holdsSchema);
    const last = split(real).filter(({ id }) => id !== SECTION.custom).at(-1).id;
    await assertRefused(withSectionAfter(real, last, again), "schema_invalid");
  });

  test("of another interface version", async () => {
    for (const abi of [0, 2, 4, "3", null, undefined]) {
      await assertRefused(withSchema(real, (schema) => Object.assign(schema, { abi })), "abi_unknown", String(abi));
    }
  });

  test("damaged JSON", async () => {
    const encode = (text) => new TextEncoder().encode(text);
    const text = schemaText();
    const notUtf8 = encode(text);
    notUtf8[text.indexOf("policy")] = 0xff;
    const damaged = [encode(""), encode(text.slice(0, -1)), encode(`${text}}`), encode("[]"), encode("null"), notUtf8];
    for (const [at, json] of damaged.entries()) await assertRefused(withSchemaBytes(real, json), "schema_invalid", `${at}`);
  });

  test("without one of its members", async () => {
    for (const member of MEMBERS) {
      await assertRefused(withSchema(real, (schema) => delete schema[member]), "schema_invalid", member);
    }
    for (const member of COLUMN_MEMBERS) {
      await assertRefused(withSchema(real, ({ inputs }) => delete inputs[0][member]), "schema_invalid", member);
    }
  });

  test("with members of the wrong kind", async () => {
    const edits = {
      "capacity 0": ({ batch }) => (batch.capacity = 0),
      "capacity as text": ({ batch }) => (batch.capacity = "64"),
      "capacity beyond i32": ({ batch }) => (batch.capacity = 2 ** 31),
      "offset off the grid": ({ inputs }) => (inputs[0].offset += 8),
      "offset below zero": ({ outputs }) => (outputs[0].offset = -16),
      "a fraction of an offset": ({ batch }) => (batch.status.offset = 16.5),
      "an unknown layout": ({ inputs }) => (inputs[0].layout = "f64"),
      "a layout of another type": ({ inputs }) => (inputs[0].layout = "i8"),
      "an unknown type": ({ inputs }) => (inputs[0].type = "weight"),
      "values of an amount": ({ inputs }) => (inputs[0].values = [{ name: "a", label: { zh: "a", en: "a" } }]),
      "too many decimals": ({ inputs }) => (inputs[0].scale = 37),
      "dated by no date": (schema) => (schema.dated_by = schema.inputs[0].name),
      "a reject of no input": ({ rejects }) => (rejects[0].column = "elsewhere"),
      "a layout of the language itself": ({ inputs }) => (inputs[0].layout = "toString"),
      "a bound as a number": ({ inputs }) => (inputs[0].max = 100),
      "two columns of one name": ({ inputs, outputs }) => (outputs[0].name = inputs[0].name),
      "two rejects of one status": ({ rejects }) => (rejects[1].status = rejects[0].status),
      "a reject of status 0": ({ rejects }) => (rejects[0].status = 0),
      "a reason in one language": ({ rejects }) => delete rejects[0].reason.zh,
      "another language": (schema) => (schema.language = "fr"),
    };
    for (const [fault, edit] of Object.entries(edits)) {
      await assertRefused(withSchema(real, edit), "schema_invalid", fault);
    }
  });

  test("with members this host does not know is accepted, however deep they are", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const extended = `${schemaText().slice(0, -1)},"added_later":${deep}}`;
    const { schema } = await loadPolicy(withSchemaBytes(real, new TextEncoder().encode(extended)));
    assert.equal(schema.policy, realSchema.policy);
  });
});

describe("the places of the columns", () => {
  const memoryLength = initialMemory(real);
  const { capacity } = realSchema.batch;
  const onGrid = (offset) => Math.ceil(offset / 16) * 16;

  test("overlapping", async () => {
    const edits = {
      "an output on an input": ({ inputs, outputs }) => (outputs[0].offset = inputs[0].offset),
      "an input on the next": ({ inputs }) => (inputs[1].offset = inputs[0].offset + 16),
      "the status on an input": ({ inputs, batch }) => (batch.status.offset = inputs[0].offset + 16),
      "a column wider than its place": ({ inputs }) => {
        inputs[0].layout = "i128";
        inputs[1].offset = onGrid(inputs[0].offset + 8 * capacity);
      },
    };
    for (const [fault, edit] of Object.entries(edits)) {
      await assertRefused(withSchema(real, edit), "columns_overlap", fault);
    }
  });

  test("outside the memory", async () => {
    const edits = {
      "an input beyond every address": ({ inputs }) => (inputs[0].offset = 2 ** 32),
      "an input at the end": ({ inputs }) => (inputs[0].offset = memoryLength),
      "an output with its last rows": ({ outputs }) => (outputs[0].offset = onGrid(memoryLength - 8 * capacity + 8)),
      "the status": ({ batch }) => (batch.status.offset = memoryLength),
      "all columns, for a larger batch": ({ batch }) => (batch.capacity = 2 ** 31 - 1),
    };
    for (const [fault, edit] of Object.entries(edits)) {
      await assertRefused(withSchema(real, edit), "column_outside_memory", fault);
    }
  });
});

test("code that is not the one the schema was written for", () =>
  assertRefused(withSchema(real, (schema) => (schema.code_sha256 = schema.source_sha256)), "altered"));

describe("codes, parameters and data", () => {
  const drug = () => column("drug", "code");
  const cut = () => column("cut", "pp", { scale: 4 });
  const made = (parts) => madeModule({ inputs: [drug()], parameters: [cut()], codes: ["A", "B"], ...parts });

  test("as described are accepted", async () => {
    await loadPolicy(made({}));
    await loadPolicy(made({ data: [{ offset: 65_530, bytes: [1, 2, 3, 4, 5, 6] }, { offset: 300, bytes: [] }] }));
    // By characters: in UTF-16, the second would stand before the first.
    await loadPolicy(made({ codes: ["\uff21", "\u{20000}"] }));
    await loadPolicy(made({ codes: undefined }));
  });

  test("in another way are not", async () => {
    const first = ({ parameters }) => parameters[0];
    const faults = {
      codes_invalid: {
        "in descending order": { codes: ["B", "A"] },
        twice: { codes: ["A", "A"] },
        numbers: { codes: [1, 2] },
        "fewer than the schema says": { edit: (schema) => (schema.codes = 3) },
      },
      altered: { "other codes": { edit: (schema) => (schema.codes_sha256 = schema.code_sha256) } },
      data_misplaced: {
        "data that leave the memory": { data: [{ offset: 65_531, bytes: [1, 2, 3, 4, 5, 6] }] },
        "data beyond every address": { data: [{ offset: -1, bytes: [1] }] },
      },
      columns_overlap: {
        "a parameter on a column": { edit: (schema) => (first(schema).offset = schema.inputs[0].offset + 8) },
      },
      column_outside_memory: { "a parameter beyond it": { edit: (schema) => (first(schema).offset = 65_536) } },
      schema_invalid: {
        "a parameter off the grid": { edit: (schema) => (first(schema).offset += 4) },
        "an optional parameter": { edit: (schema) => (first(schema).optional = true) },
        "a parameter that is a code": { parameters: [drug()] },
        "two parameters of one name": { parameters: [cut(), cut()] },
        "an enum without values": { inputs: [column("level", "enum", { values: [] })] },
        "two values of one name": { edit: undefined, inputs: [twins()] },
      },
    };
    for (const [code, cases] of Object.entries(faults)) {
      for (const [fault, parts] of Object.entries(cases)) await assertRefused(made(parts), code, fault);
    }
  });

  function twins() {
    const level = column("level", "enum");
    level.values[1].name = level.values[0].name;
    return level;
  }
});

describe("the entry", () => {
  test("absent, or no function", async () => {
    for (const entry of ["absent", "memory", ""]) {
      await assertRefused(withSchema(real, ({ batch }) => (batch.entry = entry)), "bad_entry", entry);
    }
  });

  test("a function of another type", () => {
    const { module } = withIdleFunction(real, "idle");
    return assertRefused(withSchema(module, ({ batch }) => (batch.entry = "idle")), "bad_entry");
  });
});
