import { escaped } from '../page/escaped.ts';

/** A column: its heading, and whether it holds figures. */
export interface Column {
  readonly head: string;
  readonly isFigure?: boolean;
}

/** Rows of cells that are HTML already; a sentence instead when there are none. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly empty: string;
}

/** A table that says what it holds, the first cell of a row naming the row. */
export function tableOf({ caption, columns, rows, empty }: Table): string {
  if (rows.length === 0) return `<p class="faint">${escaped(empty)}</p>`;
  const heads = columns.map((column) => `<th scope="col"${classOf(column)}>${escaped(column.head)}</th>`);
  return `<div class="wide" role="region" aria-label="${escaped(caption)}" tabindex="0"><table>
<caption>${escaped(caption)}</caption>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${rows.map((cells) => rowOf(cells, columns)).join('\n')}
</tbody>
</table></div>`;
}

function rowOf([first = '', ...rest]: readonly string[], columns: readonly Column[]): string {
  const cells = rest.map((cell, index) => `<td${classOf(columns[index + 1])}>${cell}</td>`);
  return `<tr><th scope="row">${first}</th>${cells.join('')}</tr>`;
}

const classOf = (column: Column | undefined): string => (column?.isFigure === true ? ' class="figure"' : '');
