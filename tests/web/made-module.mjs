/** Whole modules made by hand, with columns of every type, which a host must carry in and out unchanged. */

import { createHash } from "node:crypto";
import { join, leb, name, SECTION } from "./module-bytes.mjs";

export const LAYOUT_BYTES = { i8: 1, i32: 4, i64: 8, i128: 16 };
const LAYOUT_OF = { bool: "i8", enum: "i8", date: "i32", code: "i32", id: "i32" };
const CAPACITY = 4;

/** SHA-256 in hexadecimal. */
export const sha256 = (bytes) => createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");

/** A column as the schema describes it; what is not given is made up. */
export function column(columnName, type, more = {}) {
  const values = ["county", "city", "province"].map((value) => ({ name: value, label: { zh: `${value}级`, en: value } }));
  const bounds = { date: ["0001-01-01", "9999-12-31"], enum: ["county", "province"], bool: ["", ""], code: ["", ""], id: ["", ""] };
  const [min, max] = bounds[type] ?? ["-1", "1"];
  return {
    name: columnName,
    label: { zh: `${columnName}（中）`, en: columnName },
    type,
    unit: { money: "yuan", rate: "%", pp: "pp" }[type] ?? "",
    scale: 0,
    min,
    max,
    optional: false,
    ...(type === "enum" ? { values } : {}),
    layout: LAYOUT_OF[type] ?? "i64",
    ...more,
  };
}

/** A signed LEB128 integer of 32 bits. */
export function sleb(value) {
  const bytes = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(byte & 0x40)) || (value === -1 && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

export const constant = (value) => [0x41, ...sleb(value)];

/**
 * A module that copies each input to an output with `_out` behind its name, gives each parameter in row 0 as an output
 * likewise, and rejects nothing.
 * @param {{inputs?: object[], parameters?: object[], codes?: string[], rejected?: number, data?: object[], edit?: (schema: object) => void}} parts
 */
export function madeModule({ inputs = [], parameters = [], codes, rejected = 0, data = [], edit = () => {} }) {
  let next = 16;
  const place = (bytes) => {
    const offset = next;
    next += Math.ceil(bytes / 16) * 16;
    return offset;
  };
  const placed = (one, rows) => ({ ...one, offset: place(LAYOUT_BYTES[one.layout] * rows) });
  const given = inputs.map((one) => placed(one, CAPACITY));
  const open = parameters.map((one) => placed(one, 1));
  const code = [];
  const copy = (from, to, length) => code.push(...constant(to), ...constant(from), ...length, 0xfc, 10, 0, 0);
  const outputs = given.map((one) => {
    const output = { ...placed(one, CAPACITY), name: `${one.name}_out` };
    copy(one.offset, output.offset, [0x20, 0, ...constant(LAYOUT_BYTES[one.layout]), 0x6c]);
    return output;
  });
  outputs.push(
    ...open.map((one) => {
      const output = { ...placed(one, CAPACITY), name: `${one.name}_out` };
      copy(one.offset, output.offset, constant(LAYOUT_BYTES[one.layout]));
      return output;
    }),
  );
  code.push(...constant(rejected), 0x0b);
  const segments = data.map(({ offset, bytes }) => [0, ...constant(offset), 0x0b, ...leb(bytes.length), ...bytes]);
  const sections = [
    { id: SECTION.type, content: [1, 0x60, 1, 0x7f, 1, 0x7f] },
    { id: SECTION.function, content: [1, 0] },
    { id: SECTION.memory, content: [1, 1, 1, 1] },
    { id: SECTION.export, content: [2, ...name("memory"), 2, 0, ...name("settle"), 0, 0] },
    { id: SECTION.code, content: [1, ...leb(code.length + 1), 0, ...code] },
    ...(data.length > 0 ? [{ id: SECTION.data, content: [data.length, ...segments.flat()] }] : []),
  ];
  const json = codes === undefined ? [] : [...new TextEncoder().encode(JSON.stringify(codes))];
  const schema = {
    abi: 3,
    policy: "test.copy",
    language: "en",
    title: null,
    source: null,
    in_force: null,
    dated_by: null,
    compiler: "none",
    source_sha256: "",
    code_sha256: sha256(join(sections)),
    batch: { entry: "settle", capacity: CAPACITY, status: { offset: 0 } },
    codes: codes?.length ?? 0,
    codes_sha256: sha256(json),
    parameters: open,
    inputs: given,
    outputs,
    rejects: [],
    citations: [],
    invariants: [],
  };
  edit(schema);
  const custom = (title, content) => ({ id: SECTION.custom, content: [...name(title), ...content] });
  const described = custom("fen.schema", new TextEncoder().encode(JSON.stringify(schema)));
  const listed = codes === undefined ? [] : [custom("fen.codes", json)];
  return join([...sections, described, ...listed]);
}
