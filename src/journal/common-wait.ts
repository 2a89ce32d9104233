import type { Clock } from '../clock.ts';
import { inTime } from '../in-time.ts';

/** An opt-out that is not committed by then is safe in the journal: nobody is kept waiting. */
const PATIENCE_MS = 800;
/** A commit has at least so long, though others were waited for before. */
const LEAST_PATIENCE_MS = 200;
/** Of what came together, commits are begun for so long: the rest is drained. */
const BEGUN_WITHIN_MS = 1_500;
/** Without a journal only the commit can be acknowledged: it is waited for as long as operators wait. */
const ALONE_MS = 3_000;
/** Commits at once: the connections are everybody's. */
const AT_ONCE = 10;

/** How something takes effect. */
export interface Committing {
  readonly commit: () => Promise<unknown>;
  /** What goes on after the commit: waited for a moment. */
  readonly rest?: (() => Promise<unknown>) | undefined;
}

/** Something to commit, and whether the disk has it already. */
export interface Written extends Committing {
  readonly isWritten: boolean;
}

/**
 * Commits what came together, ten at once, and tells of each whether it was committed in time; one that was not may
 * not even have been begun.
 *
 * As soon as one commit, or what goes on after it, takes too long no other is begun of what the disk has: each would be
 * waited for as long, one group after the other. What the disk does not have is tried all the same.
 */
export async function commitTogether(
  clock: Pick<Clock, 'monotonic'>,
  all: readonly Written[],
): Promise<readonly boolean[]> {
  const began = clock.monotonic();
  let isSlow = false;
  const patienceFor = ({ isWritten }: Written): number => {
    const spentMs = clock.monotonic() - began;
    if (!isWritten) return Math.max(0, ALONE_MS - spentMs);
    if (isSlow || spentMs > BEGUN_WITHIN_MS) return 0;
    return Math.max(LEAST_PATIENCE_MS, PATIENCE_MS - spentMs);
  };
  const isCommitted = async (one: Written): Promise<boolean> => {
    const patience = patienceFor(one);
    if (patience === 0) return false;
    const outcome = await inTime(succeeds(one.commit), patience, 'late');
    // One that fails may have failed for itself alone.
    if (outcome === 'late') isSlow = true;
    if (outcome !== true) return false;
    const rest = await inTime(succeeds(one.rest), PATIENCE_MS, 'late');
    if (rest === 'late') isSlow = true;
    return true;
  };
  const outcomes = all.map(() => false);
  const queue = all.entries();
  const lane = async (): Promise<void> => {
    for (const [index, one] of queue) outcomes[index] = await isCommitted(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcomes;
}

const succeeds = async (work: (() => Promise<unknown>) | undefined): Promise<boolean> => {
  try {
    await work?.();
    return true;
  } catch {
    return false;
  }
};
