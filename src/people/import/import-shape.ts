import type { UnreadColumns } from './import-failure.ts';

/** So much of a file that could not be read is shown. */
export const MOST_ROWS = 3;
const MOST_HEADINGS = 30;
const LONGEST_HEADING = 60;
const LONGEST_CELL = 24;

/** What rows look like without what they say: letters become x, digits 9. */
const shapeOf = (cell: string): string =>
  cell
    .trim()
    .slice(0, LONGEST_CELL)
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/[\p{L}\p{M}]/gu, (letter) => (letter === 'X' ? letter : 'x'))
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/[^\p{P}\p{Zs}\p{Sc}+Xx9]/gu, '·');

/** A heading has no number of two digits; a day, a street and an amount have. */
const saysSomething = (cell: string): boolean => /\d\D?\d/.test(cell);

const shown = (headings: readonly string[]): readonly string[] =>
  headings.slice(0, MOST_HEADINGS).map((heading) => heading.trim().slice(0, LONGEST_HEADING));

/** The columns of a file that could not be read; nothing when its first row may be somebody's. */
export function unreadColumns(
  headings: readonly string[],
  given: { readonly unknown: readonly string[]; readonly rows: readonly (readonly string[])[] },
): UnreadColumns | undefined {
  if (headings.length < 2 || headings.some(saysSomething)) return undefined;
  return {
    headings: shown(headings),
    unknown: shown(given.unknown),
    rows: given.rows.map((cells) => cells.slice(0, MOST_HEADINGS).map(shapeOf)),
  };
}
