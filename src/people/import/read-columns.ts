import type { Columns } from './import-column.ts';
import { columnsFor } from './import-header.ts';
import type { ImportKind, ImportOptions } from './import.repository.ts';
import { isReasonOfVisit } from '../contact/reason-of-visit.ts';
import { isBareNumbers } from './suppression-import.ts';

/** Reads a row as headings: the count of fields it names, and the columns to read. */
export type ReadColumns = (cells: readonly string[]) => {
  readonly fields: number;
  readonly read: ReadonlySet<number>;
};

/** The columns of a file that are read. */
interface Named {
  readonly fields: Readonly<Record<string, number | readonly number[] | undefined>>;
  readonly attributes?: Columns['attributes'];
  readonly evidence: Columns['evidence'];
}

/** Positions of all that is read. */
export const positionsOf = ({ fields, attributes = [], evidence }: Named): ReadonlySet<number> =>
  new Set([
    ...Object.values(fields).flatMap((at) => at ?? []),
    ...attributes.map(({ at }) => at),
    ...evidence.map(({ at }) => at),
  ]);

/** The columns of a row of headings, without those that tell why somebody comes, by heading or by the name that they are kept under. */
export function harmlessColumns(headings: readonly string[], named: Named): ReturnType<ReadColumns> {
  const telling = [...(named.attributes ?? []), ...named.evidence].filter(({ name }) =>
    isReasonOfVisit(name),
  );
  const unread = new Set(telling.map(({ at }) => at));
  const isRead = (at: number): boolean => !unread.has(at) && !isReasonOfVisit(headings[at] ?? '');
  return {
    fields: Object.keys(named.fields).length,
    read: new Set([...positionsOf(named)].filter(isRead)),
  };
}

/** Columns without those that tell why somebody comes: a file that an earlier version received has them still. */
export function withoutReasonColumns(columns: Columns, headings: readonly string[]): Columns {
  const { read } = harmlessColumns(headings, columns);
  const isRead = ({ at }: { readonly at: number }): boolean => read.has(at);
  const fields = Object.entries(columns.fields).map(
    ([field, places]) => [field, places.filter((at) => read.has(at))] as const,
  );
  return {
    fields: Object.fromEntries(fields.filter(([, places]) => places.length > 0)),
    attributes: columns.attributes.filter(isRead),
    evidence: columns.evidence.filter(isRead),
    ignored: columns.ignored,
  };
}

/** The columns that a file of people is read by, where the reason of a visit is never stored. */
export const readColumnsFor =
  (kind: ImportKind, options: ImportOptions): ReadColumns =>
  (cells) =>
    kind === 'suppressions' && isBareNumbers(cells)
      ? { fields: 1, read: new Set([0]) }
      : harmlessColumns(cells, columnsFor(kind, cells, options));
