/** What a stretch of text is as a row. */
export type CellsFound =
  | { readonly kind: 'cells'; readonly cells: readonly string[] }
  /** A quote is open at its end: more lines belong to it. */
  | { readonly kind: 'open' }
  /** Something stands behind a closing quote. */
  | { readonly kind: 'malformed' };

/** Cuts one row into cells (RFC 4180); a quote counts only where a cell begins. Of a row without any, no more than `most`. */
export function cellsOf(
  row: string,
  delimiter: string,
  {
    mood = 'strict',
    most,
  }: { readonly mood?: 'strict' | 'lenient'; readonly most?: number | undefined } = {},
): CellsFound {
  if (!row.includes('"')) return { kind: 'cells', cells: row.split(delimiter, most) };
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = row[at] === '"' ? quotedCell(row, at, delimiter) : plainCell(row, at, delimiter);
    if (cell === 'open') return { kind: 'open' };
    if (cell === 'malformed' && mood === 'strict') return { kind: 'malformed' };
    const { text, end } = cell === 'malformed' ? plainCell(row, at, delimiter) : cell;
    cells.push(text);
    if (end >= row.length) return { kind: 'cells', cells };
    at = end + delimiter.length;
  }
}

interface Cell {
  readonly text: string;
  /** Where its delimiter stands, or the end of the row. */
  readonly end: number;
}

function plainCell(row: string, from: number, delimiter: string): Cell {
  const at = row.indexOf(delimiter, from);
  const end = at === -1 ? row.length : at;
  return { text: row.slice(from, end), end };
}

function quotedCell(row: string, from: number, delimiter: string): Cell | 'open' | 'malformed' {
  let closing = row.indexOf('"', from + 1);
  while (closing !== -1 && row[closing + 1] === '"') closing = row.indexOf('"', closing + 2);
  if (closing === -1) return 'open';
  const end = closing + 1;
  if (end < row.length && !row.startsWith(delimiter, end)) return 'malformed';
  return { text: row.slice(from + 1, closing).replaceAll('""', '"'), end };
}
