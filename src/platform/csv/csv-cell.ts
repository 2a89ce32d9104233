/** What a spreadsheet would run instead of show, also in the wide letters that it reads alike. */
const SIGN = '[=+\\-@|%＝＋－＠｜％]';
/** Whatever a spreadsheet may take for the end of a cell: quotes protect only where its reader knows the right sign. */
const EDGE = '(?:^|[,;\\t\\r\\n])[ "\\u00a0]*';

const RUNNABLE = new RegExp(`(${EDGE})('*)(?=${SIGN})`, 'g');
const GUARDED = new RegExp(`(${EDGE})'('*)(?=${SIGN})`, 'g');

/** The same text with an apostrophe before whatever a spreadsheet would run. */
const guarded = (text: string): string => text.replace(RUNNABLE, "$1'$2");

/** The text as it was before it was guarded. */
export const unguarded = (text: string): string =>
  text.includes("'") ? text.replace(GUARDED, '$1$2') : text;

/** One cell as text: quoted when needed, never a formula, whatever sign its reader parts cells by. */
function csvCell(text: string): string {
  const safe = guarded(text);
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row with its line end, cells between semicolons. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(';')}\r\n`;
}
