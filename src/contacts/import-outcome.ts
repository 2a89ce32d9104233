import type { ImportCounts, ImportTally } from './import.repository.ts';
import type { RowProblem } from './import-sentence.ts';

/** What became of one row. */
export type RowOutcome<P extends { readonly code: string } = RowProblem> = {
  readonly line: number;
  /** The wording of a proven agreement, if the row has one. */
  readonly wordingId: string | undefined;
  /** It tells that somebody left. */
  readonly left: boolean;
} & (
  | {
      readonly kind: 'accepted' | 'duplicate';
      /** Nobody: a number to leave alone needs no holder. */
      readonly person: 'created' | 'updated' | 'unchanged' | 'nobody';
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'rejected'; readonly problem: P }
);

/** Whatever it was given back for. */
type AnyOutcome = RowOutcome<{ readonly code: string }>;

/** Adds the outcomes of a merge; accepted + rejected + duplicates is always rows. */
export function countsOf(outcomes: readonly AnyOutcome[]): ImportCounts {
  const kind = (name: RowOutcome['kind']): number => outcomes.filter((one) => one.kind === name).length;
  const person = (name: string): number =>
    outcomes.filter((one) => one.kind === 'accepted' && one.person === name).length;
  return {
    rows: outcomes.length,
    accepted: kind('accepted'),
    rejected: kind('rejected'),
    duplicates: kind('duplicate'),
    created: person('created'),
    updated: person('updated'),
    unchanged: person('unchanged'),
    withdrawals: outcomes.filter(({ left }) => left).length,
  };
}

/** The report after one more merge. */
export function tallyAfter(before: Partial<ImportTally>, outcomes: readonly AnyOutcome[]): ImportTally {
  const rejected = outcomes.flatMap((one) => (one.kind === 'rejected' ? [one.problem.code] : []));
  const kept = outcomes.flatMap((one) => (one.kind === 'rejected' ? [] : [one]));
  return {
    rejectedBy: added(before.rejectedBy, rejected),
    warningsBy: added(
      before.warningsBy,
      kept.flatMap(({ warnings }) => unique(warnings)),
    ),
    wordings: added(
      before.wordings,
      outcomes.flatMap(({ wordingId }) => wordingId ?? []),
    ),
    ignoredColumns: before.ignoredColumns ?? [],
  };
}

const unique = (words: readonly string[]): string[] => [...new Set(words)];

function added(
  before: Readonly<Record<string, number>> | undefined,
  keys: readonly string[],
): Record<string, number> {
  const counts = new Map(Object.entries(before ?? {}));
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}
