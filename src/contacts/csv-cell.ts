/** What a spreadsheet would run instead of show. */
const FORMULA = /^[=+\-@\t\r|%]/;

/** One cell as text: quoted when needed, never a formula. */
function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row with its line end, cells between semicolons. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(';')}\r\n`;
}
