import { drain, type DrainDeps, type Drained } from './drain.ts';
import { isBefore, type Position } from './position.ts';
import type { ProcessFolder } from './process-folder.ts';

/** The request to bring in the entries of a folder. */
export interface BringIn {
  readonly folder: ProcessFolder;
  /** Position up to which everything is in the database. */
  readonly from: Position;
  /** Position up to which everything was in some database, be it another one. */
  readonly answered: Position;
  readonly until?: Position | undefined;
  readonly isQuiet?: true;
  /** Checked before each group: whether it is still to be brought in. */
  readonly isWanted?: () => Promise<boolean>;
  /** Called with the position before which everything is in the database. */
  readonly reached?: (to: Position) => Promise<void> | void;
}

/** Brings in all that the database lacks. Entries of another database were answered there, and are not answered again. */
export async function bringIn(deps: DrainDeps, order: BringIn): Promise<Drained> {
  const { from, answered, until, reached, ...others } = order;
  let to = from;
  const passing = (next: Position): void => {
    to = next;
  };
  const lost = isBefore(from, answered)
    ? await drain(deps, { ...others, occasion: 'restore', from, until: answered, reached: passing })
    : NOTHING;
  // The position does not pass entries without effect, nor lost ones.
  const passed = isWhole(lost) ? reached : undefined;
  // Called even when nothing follows, so that the stored position names this database.
  await passed?.(to);
  if (lost.isCut) return lost;
  const then = isWhole(lost) ? to : answered;
  const about = { ...others, occasion: 'outage', from: then, until } as const;
  return drainedInAll(lost, await drain(deps, passed === undefined ? about : { ...about, reached: passed }));
}

/** True when every entry has its effect. */
export const isWhole = ({ troubles, waits }: Drained): boolean => troubles.length + waits.length === 0;

/** Sums several drains. */
export const drainedInAll = (...found: readonly Drained[]): Drained => ({
  entries: found.reduce((sum, one) => sum + one.entries, 0),
  applied: found.reduce((sum, one) => sum + one.applied, 0),
  troubles: found.flatMap((one) => one.troubles),
  waits: found.flatMap((one) => one.waits),
  isCut: found.some((one) => one.isCut),
});

const NOTHING: Drained = drainedInAll();
