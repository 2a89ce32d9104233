/** Characters that make a spreadsheet run a cell as a formula, full-width forms included. */
const SIGN = '[=+\\-@|%＝＋－＠｜％]';
/** Text that a spreadsheet may take for the end of a cell: quotes protect only where its reader knows the right delimiter. */
const EDGE = '(?:^|[,;\\t\\r\\n])[ "\\u00a0]*';

const RUNNABLE = new RegExp(`(${EDGE})('*)(?=${SIGN})`, 'g');
const GUARDED = new RegExp(`(${EDGE})'('*)(?=${SIGN})`, 'g');

/** Puts an apostrophe before text that a spreadsheet would run. */
const guarded = (text: string): string => text.replace(RUNNABLE, "$1'$2");

/** Removes that apostrophe. */
export const unguarded = (text: string): string =>
  text.includes("'") ? text.replace(GUARDED, '$1$2') : text;

/** Writes one cell: quoted when needed, never a formula, whatever delimiter its reader assumes. */
function csvCell(text: string): string {
  const safe = guarded(text);
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Writes one row with its line end, delimited by semicolons. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(';')}\r\n`;
}
