/** Files of comma-separated values. */

/**
 * The lines of a file; blank ones are none.
 * @param {string} text a cell may stand in double quotes, in which two stand for one
 * @returns {{line: number, cells: string[]}[]} each with the number of the line it begins in
 */
export function parseCsv(text) {
  const lines = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  let cells = [];
  let line = 1;
  let begin = 1;
  // A byte order mark is no part of the first name.
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    if (!found) return null;
    const [whole, quoted, plain, end] = found;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += (whole.match(/\r\n|\n|\r/g) ?? []).length;
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") lines.push({ line: begin, cells });
    cells = [];
    begin = line;
  }
  return lines;
}

/**
 * The rows of a file whose first line names the columns.
 * @returns {{rows: Record<string, string>[]} | {line: number}} the line that has not as many cells as the first, or whose
 *   quotes do not end (0)
 */
export function readTable(text) {
  const lines = parseCsv(text);
  if (lines === null) return { line: 0 };
  const [header = { cells: [] }, ...rest] = lines;
  const wrong = rest.find(({ cells }) => cells.length !== header.cells.length);
  if (wrong) return { line: wrong.line };
  const names = header.cells.map((name) => name.trim());
  return { rows: rest.map(({ cells }) => Object.fromEntries(cells.map((cell, at) => [names[at], cell]))) };
}
