import type { ImportCounts, ImportTally } from './import.repository.ts';
import type { RowProblem } from './import-sentence.ts';

/** The outcome of one row. */
export type RowOutcome<P extends { readonly code: string } = RowProblem> = {
  readonly line: number;
  /** The wording of a proven agreement, if the row has one. */
  readonly wordingId: string | undefined;
  /** True when the row is an opt-out. */
  readonly left: boolean;
} & (
  | {
      readonly kind: 'accepted' | 'duplicate';
      /** Nobody: a suppressed number needs no holder. */
      readonly person: 'created' | 'updated' | 'unchanged' | 'nobody';
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'rejected'; readonly problem: P }
);

/** An outcome with any code. */
type AnyOutcome = RowOutcome<{ readonly code: string }>;

/** Sums the outcomes of a merge; accepted + rejected + duplicates is always rows. */
export function countsOf(outcomes: readonly AnyOutcome[]): ImportCounts {
  const counts = { accepted: 0, rejected: 0, duplicate: 0, created: 0, updated: 0, unchanged: 0, nobody: 0 };
  let withdrawals = 0;
  for (const one of outcomes) {
    counts[one.kind] += 1;
    if (one.kind === 'accepted') counts[one.person] += 1;
    if (one.left) withdrawals += 1;
  }
  const { accepted, rejected, duplicate: duplicates, created, updated, unchanged } = counts;
  return { rows: outcomes.length, accepted, rejected, duplicates, created, updated, unchanged, withdrawals };
}

/** Updates the report with one more merge. */
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
      MOST_WORDINGS,
    ),
    ignoredColumns: before.ignoredColumns ?? [],
  };
}

const unique = (words: readonly string[]): readonly string[] =>
  words.length < 2 ? words : [...new Set(words)];

/** Maximum number of wordings in a report: a file with another one in each row would not end otherwise. */
const MOST_WORDINGS = 500;

function added(
  before: Readonly<Record<string, number>> | undefined,
  keys: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Record<string, number> {
  const counts = new Map(Object.entries(before ?? {}));
  for (const key of keys)
    if (counts.has(key) || counts.size < most) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}
