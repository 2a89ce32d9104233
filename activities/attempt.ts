import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Plan } from '../src/platform/index.ts';
import { timeOuts } from '../workflows/time-outs.ts';

/** What bounds one attempt at a long activity. */
export interface Attempt {
  /** Aborted when another attempt took over, or when the process is told to stop: mark nothing more. */
  readonly signal: AbortSignal;
  readonly heartbeat: () => void;
}

/** What ends attempts of this process before their work is done. */
export interface Ending {
  /** Aborted when the process is told to stop. */
  readonly stopping: AbortSignal;
  /** Aborted while this worker leaves what it took from that queue to others. */
  readonly leaves: (queue: string) => AbortSignal;
}

/** Who leaves its work to others ends it well within that; then another attempt takes over whatever is left of it. */
const LEFT_WITHIN_MS = 1_000;

/**
 * Runs work that says each second that it lives, once it has lasted a while.
 *
 * What is over sooner, as one reminder, says nothing: each word is a write of the server's.
 */
export async function beating<T>(ending: Ending, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const left = ending.leaves(context.info.taskQueue);
  const ends = [context.cancellationSignal, ending.stopping, left];
  const over = new AbortController();
  const heartbeat = (): void => {
    context.heartbeat();
  };
  let pulse: NodeJS.Timeout | undefined;
  const lasting = setTimeout(() => {
    heartbeat();
    pulse = setInterval(heartbeat, timeOuts.heartbeatMs);
  }, timeOuts.silentMs);
  try {
    const done = work({ signal: AbortSignal.any(ends), heartbeat });
    return await Promise.race([done, leftToOthers(left, over.signal)]);
  } finally {
    over.abort();
    clearTimeout(lasting);
    clearInterval(pulse);
  }
}

/** What shuts the gate of one worker: another's may be open, as when a host comes back after it was cut off. */
const SHUT_HERE: ReadonlySet<string> = new Set(['CLOCK_DOUBT', 'SEAL_DOUBT']);
const HANDED_OVER = 3;
const HANDED_OVER_MS = 250;

/** Throws some time after the work was left to others; whatever goes on here meanwhile changes nothing that is another's. */
async function leftToOthers(left: AbortSignal, over: AbortSignal): Promise<never> {
  const [begins, late] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  const options = { once: true, signal: over };
  if (left.aborted) begins.resolve();
  else left.addEventListener('abort', () => begins.resolve(), options);
  await begins.promise;
  const timer = setTimeout(() => late.reject(elsewhere('SLOW_HERE')), LEFT_WITHIN_MS);
  over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return late.promise;
}

/** Nothing is wrong with the task: it is no warning, and no failure that anybody counts. */
const elsewhere = (code: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message: code,
    nextRetryDelay: HANDED_OVER_MS,
    category: 'BENIGN',
  });

/** Leaves a task to any worker when this one's own gate is shut; where all are, the fourth attempt waits as it says. */
export async function orElsewhere(work: () => Promise<Plan>): Promise<Plan> {
  const plan = await work();
  const isShutHere = plan.kind === 'wait' && SHUT_HERE.has(plan.because.code);
  if (!isShutHere || Context.current().info.attempt > HANDED_OVER) return plan;
  throw elsewhere(plan.because.code);
}
