/** Edits the bytes of a real module, and makes tiny ones, so that a test can show a host exactly one fault. */

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
export const SECTION = { custom: 0, type: 1, import: 2, function: 3, memory: 5, export: 7, start: 8, code: 10, data: 11 };
const SCHEMA = "fen.schema";

/** An unsigned LEB128 integer. */
export function leb(value) {
  const bytes = [];
  do {
    bytes.push((value % 128) + (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return bytes;
}

/** A name or any text with its length before it. */
export function name(text) {
  const bytes = [...new TextEncoder().encode(text)];
  return [...leb(bytes.length), ...bytes];
}

function readLeb(bytes, at) {
  let value = 0;
  for (let shift = 1; ; shift *= 128) {
    const byte = bytes[at++];
    value += (byte % 128) * shift;
    if (byte < 128) return { value, at };
  }
}

/** The sections of a module in their order, each with its number, its content and where it ends in the file. */
export function split(bytes) {
  const sections = [];
  for (let at = HEADER.length; at < bytes.length; ) {
    const length = readLeb(bytes, at + 1);
    const end = length.at + length.value;
    sections.push({ id: bytes[at], content: [...bytes.subarray(length.at, end)], end });
    at = end;
  }
  return sections;
}

/** A module of these sections. */
export function join(sections) {
  const parts = sections.flatMap(({ id, content }) => [id, ...leb(content.length), ...content]);
  return Uint8Array.from([...HEADER, ...parts]);
}

/** How many bytes the module's memory has at first. */
export function initialMemory(bytes) {
  const { content } = split(bytes).find(({ id }) => id === SECTION.memory);
  return readLeb(content, 2).value * 65536;
}

/** Whether a section is the custom section that holds the schema. */
export function holdsSchema({ id, content }) {
  return id === SECTION.custom && name(SCHEMA).every((byte, at) => content[at] === byte);
}

/** The module with one section's content edited. */
export function withSection(bytes, id, edit) {
  return join(split(bytes).map((section) => (section.id === id ? { id, content: edit(section.content) } : section)));
}

/** The module with a section put in after the one numbered `after`. */
export function withSectionAfter(bytes, after, added) {
  return join(split(bytes).flatMap((section) => (section.id === after ? [section, added] : [section])));
}

/** The module without its schema. */
export function withoutSchema(bytes) {
  return join(split(bytes).filter((section) => !holdsSchema(section)));
}

/** The module with these bytes in place of its schema's JSON. */
export function withSchemaBytes(bytes, json) {
  return join([...split(withoutSchema(bytes)), schemaSection(json)]);
}

/** The module with its schema edited: `edit` changes the object it is given. */
export function withSchema(bytes, edit) {
  const { content } = split(bytes).find(holdsSchema);
  const json = Uint8Array.from(content.slice(name(SCHEMA).length));
  const schema = JSON.parse(new TextDecoder().decode(json));
  edit(schema);
  return withSchemaBytes(bytes, encode(schema));
}

/** The module with one more function, of no parameters and no results, exported as `exportName`. */
export function withIdleFunction(bytes, exportName) {
  const types = split(bytes).find(({ id }) => id === SECTION.type).content[0];
  const functions = split(bytes).find(({ id }) => id === SECTION.function).content[0];
  const additions = [
    [SECTION.type, [0x60, 0, 0]],
    [SECTION.function, [types]],
    [SECTION.export, [...name(exportName), 0, functions]],
    [SECTION.code, [2, 0, 0x0b]],
  ];
  const module = additions.reduce((edited, [id, item]) => withSection(edited, id, (list) => appended(list, item)), bytes);
  return { module, index: functions };
}

/** A section's list with one more item; a short list has its length in one byte. */
function appended(list, item) {
  if (list[0] > 126) throw new Error("this list is too long for the helper");
  return [list[0] + 1, ...list.slice(1), ...item];
}

function schemaSection(json) {
  return { id: SECTION.custom, content: [...name(SCHEMA), ...json] };
}

function encode(value) {
  return new TextEncoder().encode(JSON.stringify(value));
}
