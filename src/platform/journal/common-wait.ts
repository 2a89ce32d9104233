import type { Clock } from '../clock.ts';
import { inTime } from '../../base/index.ts';

/** Milliseconds; an opt-out that is not committed by then is safe in the journal, and its sender waits no longer. */
const PATIENCE_MS = 800;
/** Milliseconds; without a journal only the commit can be acknowledged: it is awaited as long as operators wait. */
const ALONE_MS = 3_000;
/** Milliseconds in which commits of one arrival are begun while none is slow: some thousands. */
const BEGUN_WITHIN_MS = 10_000;
/** Concurrent commits: the connections are shared. */
const AT_ONCE = 10;

/** A commit, and the conditions under which it may be left. */
export interface Committing {
  readonly commit: () => Promise<unknown>;
  /** Work that goes on after the commit, awaited for a moment. */
  readonly rest?: (() => Promise<unknown>) | undefined;
}

/** An entry to commit. */
export interface PendingCommit extends Committing {
  /** True when the entry is already on disk. */
  readonly isWritten: boolean;
  /** True when another process brings it in: a commit here would hold locks that it needs. */
  readonly isLeft?: boolean;
}

/** The outcome of a commit; one that is late or failed may have taken effect all the same. */
export type Committed = 'committed' | 'not-in-time' | 'not-begun';

/**
 * Commits entries that arrived together, ten at once; returns in order the result of `ended` for each as soon as it
 * is known. As soon as one commit, or the work after it, takes too long no other is begun: each would wait as long,
 * one group after the other. Where `ended` throws, the others are ended all the same before it is thrown.
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
    // A failure may concern this entry alone.
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

/** The limit in memory; later work is left to `replySettler`. */
const MOST = 1_000;

/** Runs the work after replies one by one: in parallel it would wait for the same lock. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs the work after all that was added before; its errors are dropped. */
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
