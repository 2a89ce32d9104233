import type { Clock } from '../clock.ts';
import { inTime } from '../../base/index.ts';

/** Milliseconds; an opt-out that is not committed by then is safe in the journal, and its sender is answered. */
const PATIENCE_MS = 800;
/**
 * Milliseconds; without a journal only a commit can be acknowledged, so it is awaited for as long as operators wait.
 */
const ALONE_MS = 3_000;
/** Milliseconds in which the commits of one arrival may begin while none is slow, which is time for some thousands. */
const BEGUN_WITHIN_MS = 10_000;
/** Concurrent commits: the connections are shared. */
const AT_ONCE = 10;

/** How the effect of an entry is committed. */
export interface Committing {
  readonly commit: () => Promise<unknown>;
  /** Work that goes on after the commit, awaited for a moment. */
  readonly rest?: (() => Promise<unknown>) | undefined;
}

export interface PendingCommit extends Committing {
  /** True when the entry is already on disk. */
  readonly isWritten: boolean;
  /** True when another process brings the entry in: a commit here would hold locks that the other needs. */
  readonly isLeft?: boolean;
}

/** The outcome of a commit; one that is `not-in-time` may have taken effect all the same. */
export type Committed = 'committed' | 'not-in-time' | 'not-begun';

/**
 * Commits entries that arrived together, ten at a time, and calls `ended` with the outcome of each as soon as it is
 * known; returns the results of `ended` in the order of the entries. As soon as one commit, or the work after it,
 * takes too long, no other begins: each would wait as long, ten by ten. When `ended` throws, the error is thrown after
 * all the others have ended.
 */
export async function commitTogether<One extends PendingCommit, Made>(
  clock: Pick<Clock, 'monotonic'>,
  all: readonly One[],
  ended: (one: One, outcome: Committed) => Promise<Made>,
): Promise<readonly Made[]> {
  const began = clock.monotonic();
  let isSlow = false;
  const outcomeOf = async ({ isWritten, isLeft, commit, rest }: PendingCommit): Promise<Committed> => {
    if (isLeft === true || isSlow || clock.monotonic() - began > BEGUN_WITHIN_MS) return 'not-begun';
    const outcome = await inTime(succeeds(commit), isWritten ? PATIENCE_MS : ALONE_MS, 'late');
    // A failed commit does not count as slow: its cause may concern this entry alone.
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
      // Rejections are thrown below, once all have ended.
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

/** Beyond this number, work is left to `replySettler`. */
const MOST = 1_000;

/** Runs the work after replies one by one: in parallel it would wait for the same lock. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs the work after all work added before it; its errors are dropped. */
  readonly add = (work: () => Promise<unknown>): void => {
    if (this.#waiting >= MOST) return;
    this.#waiting += 1;
    this.#last = this.#last
      .then(work)
      .catch(() => undefined)
      .finally(() => {
        this.#waiting -= 1;
      });
  };
}
