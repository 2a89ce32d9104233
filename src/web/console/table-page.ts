import { attributes, html, type Html, inLines, type Part } from '../../platform/index.ts';

/** A column: its heading, and whether it holds figures. */
export interface Column {
  readonly head: string;
  readonly isFigure?: boolean;
}

/** Rows of HTML cells; a sentence instead when there are none. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Part[])[];
  readonly empty: string;
}

/** Renders a table with a caption, the first cell of a row as its heading. */
export function tableOf({ caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<p class="faint">${empty}</p>`;
  const heads = columns.map((column) => html`<th scope="col"${classOf(column)}>${column.head}</th>`);
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${inLines(rows.map((cells) => rowOf(cells, columns)))}
</tbody>
</table></div>`;
}

function rowOf([first, ...rest]: readonly Part[], columns: readonly Column[]): Html {
  const cells = rest.map((cell, index) => html`<td${classOf(columns[index + 1])}>${cell}</td>`);
  return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
}

const classOf = (column: Column | undefined): ReturnType<typeof attributes> =>
  attributes({ class: column?.isFigure === true && 'figure' });
