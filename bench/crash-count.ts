/** A message as the operator's own log has it. */
export interface LogLine {
  readonly reference: string;
  /** Machine time of its arrival, in milliseconds. */
  readonly at: number;
}

/** What a sender's own rows say of a message; `doubtful`: its call was begun, and has no answer. */
export type Mark = 'ready' | 'doubtful' | 'sent' | 'excluded';

/** A message as its sender's rows have it. */
export interface MarkedRow {
  readonly reference: string;
  readonly mark: Mark;
}

/** What a crash came to, by the log of the operator and the rows of the sender. */
export interface Counts {
  readonly reachedTwice: number;
  readonly neverSent: number;
  readonly sentNotMarked: number;
  readonly markedNotSent: number;
  /** Doubtful in the end. */
  readonly leftInDoubt: number;
}

const having = (rows: readonly MarkedRow[], holds: (row: MarkedRow) => boolean): number =>
  rows.filter(holds).length;

/** Compares what the operator took to what the sender's rows say; who was excluded is owed nothing. */
export function counted(log: readonly LogLine[], rows: readonly MarkedRow[]): Counts {
  const taken = Map.groupBy(log, ({ reference }) => reference);
  return {
    reachedTwice: [...taken.values()].filter((lines) => lines.length > 1).length,
    neverSent: having(rows, ({ reference, mark }) => mark !== 'excluded' && !taken.has(reference)),
    sentNotMarked: having(rows, ({ reference, mark }) => mark !== 'sent' && taken.has(reference)),
    markedNotSent: having(rows, ({ reference, mark }) => mark === 'sent' && !taken.has(reference)),
    leftInDoubt: having(rows, ({ mark }) => mark === 'doubtful'),
  };
}

/** Messages in doubt at one moment, and how many of them the operator had. */
export function inDoubt(
  log: readonly LogLine[],
  rows: readonly MarkedRow[],
): { readonly doubtful: number; readonly taken: number } {
  const known = new Set(log.map(({ reference }) => reference));
  const doubtful = rows.filter(({ mark }) => mark === 'doubtful');
  return {
    doubtful: doubtful.length,
    taken: doubtful.filter(({ reference }) => known.has(reference)).length,
  };
}

/** Milliseconds from one moment to the first message that arrived after another; undefined where none did. */
export function firstAfter(
  log: readonly LogLine[],
  { from, after }: { readonly from: number; readonly after: number },
): number | undefined {
  const later = log.filter(({ at }) => at > after).map(({ at }) => at - from);
  return later.length === 0 ? undefined : Math.min(...later);
}
