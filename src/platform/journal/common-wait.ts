import type { Clock } from '../clock.ts';
import { inTime } from '../in-time.ts';

/** An opt-out that is not committed by then is safe in the journal: nobody is kept waiting. */
const PATIENCE_MS = 800;
/** Without a journal only the commit can be acknowledged: it is waited for as long as operators wait. */
const ALONE_MS = 3_000;
/** Of what came together, commits are begun for so long while none is slow: some thousands. */
const BEGUN_WITHIN_MS = 10_000;
/** Commits at once: the connections are everybody's. */
const AT_ONCE = 10;

/** How something takes effect. */
export interface Committing {
  readonly commit: () => Promise<unknown>;
  /** What goes on after the commit: waited for a moment. */
  readonly rest?: (() => Promise<unknown>) | undefined;
}

/** Something to commit. */
export interface Written extends Committing {
  /** Whether the disk has it already. */
  readonly isWritten: boolean;
  /** Whether another process brings it in: a commit of ours would hold locks that it needs. */
  readonly isLeft?: boolean;
}

/** What became of a commit; one that is late or failed may have been carried out all the same. */
export type Committed = 'committed' | 'not-in-time' | 'not-begun';

/**
 * Commits what came together, ten at once; answers in their order what `ended` makes of each as soon as it is known.
 *
 * As soon as one commit, or what goes on after it, takes too long no other is begun: each would be waited for as long,
 * one group after the other. Where `ended` throws, the others are ended all the same before it is thrown.
 */
export async function commitTogether<One extends Written, Made>(
  clock: Pick<Clock, 'monotonic'>,
  all: readonly One[],
  ended: (one: One, outcome: Committed) => Promise<Made>,
): Promise<readonly Made[]> {
  const began = clock.monotonic();
  let isSlow = false;
  const outcomeOf = async ({ isWritten, isLeft, commit, rest }: Written): Promise<Committed> => {
    if (isLeft === true || isSlow || clock.monotonic() - began > BEGUN_WITHIN_MS) return 'not-begun';
    const outcome = await inTime(succeeds(commit), isWritten ? PATIENCE_MS : ALONE_MS, 'late');
    // One that fails may have failed for itself alone.
    if (outcome === 'late') isSlow = true;
    if (outcome !== true) return 'not-in-time';
    if ((await inTime(succeeds(rest), PATIENCE_MS, 'late')) === 'late') isSlow = true;
    return 'committed';
  };
  const made: Promise<Made>[] = [];
  const queue = all.entries();
  const lane = async (): Promise<void> => {
    for (const [index, one] of queue) {
      const making = ended(one, await outcomeOf(one));
      // Looked at below, once all are ended.
      making.catch(() => undefined);
      made[index] = making;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await Promise.allSettled(made);
  return Promise.all(made);
}

const succeeds = async (work: (() => Promise<unknown>) | undefined): Promise<boolean> => {
  try {
    await work?.();
    return true;
  } catch {
    return false;
  }
};
