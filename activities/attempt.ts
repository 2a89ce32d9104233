import { randomInt } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Refusal, TransactionAbandoned, type Plan } from '../src/platform/index.ts';
import { timeOuts } from '../workflows/settings.ts';

/** The signals that bound one attempt at an activity. */
export interface ActivityBounds {
  /** Aborted when another attempt took over or the process is asked to stop: mark nothing more. */
  readonly signal: AbortSignal;
  /** Aborted when this worker hands the work over to others: hold no lock any more. */
  readonly left: AbortSignal;
  readonly heartbeat: () => void;
}

export interface StopSignals {
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
  /** Aborted while this worker hands work from that queue over to others. */
  readonly leaves: (queue: string) => AbortSignal;
}

/** An attempt that hands its work over ends within this time, which is ample; the next attempt does the rest. */
const LEFT_WITHIN_MS = 1_000;

/**
 * Runs work with a heartbeat each second, once it has lasted a while. Shorter work, as one reminder, sends none:
 * each heartbeat is a write of the server's.
 */
export async function beating<T>(
  ending: StopSignals,
  work: (attempt: ActivityBounds) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const left = ending.leaves(context.info.taskQueue);
  // The task was on its way here when its queue was left: another worker runs it sooner than this one would.
  if (left.aborted) throw elsewhere('SLOW_HERE');
  const signal = AbortSignal.any([context.cancellationSignal, ending.stopping, left]);
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
    const done = work({ signal, left, heartbeat });
    return await Promise.race([done, leftToOthers(left, over.signal)]);
  } catch (cause) {
    const isAskedToEnd = signal.aborted && cause === signal.reason;
    throw isAskedToEnd || cause instanceof TransactionAbandoned ? elsewhere('SLOW_HERE') : cause;
  } finally {
    over.abort();
    clearTimeout(lasting);
    clearInterval(pulse);
  }
}

/** Causes that shut the gate of one worker alone: another's may be open, as when a host comes back after it was cut off. */
const SHUT_HERE: ReadonlySet<string> = new Set(['CLOCK_DOUBT', 'SEAL_DOUBT']);
const HANDED_OVER = 3;
const HANDED_OVER_MS = 250;

/**
 * Throws some time after the work was handed over. Work that still goes on here cannot change what its new owner
 * does.
 */
async function leftToOthers(left: AbortSignal, over: AbortSignal): Promise<never> {
  const [begins, late] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  const options = { once: true, signal: over };
  left.addEventListener('abort', () => begins.resolve(), options);
  await begins.promise;
  const timer = setTimeout(() => late.reject(elsewhere('SLOW_HERE')), LEFT_WITHIN_MS);
  over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return late.promise;
}

/** Fails an attempt so that another worker takes the task: it is no fault, so it is neither logged as one nor counted. */
const elsewhere = (code: string, nextRetryDelay = HANDED_OVER_MS): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message: code,
    nextRetryDelay,
    category: 'BENIGN',
  });

/** Hands a task to any worker when this one's own gate is shut; where all are, the fourth attempt waits as its plan says. */
export async function orElsewhere(work: () => Promise<Plan>): Promise<Plan> {
  const plan = await work();
  const isShutHere = plan.kind === 'wait' && SHUT_HERE.has(plan.because.code);
  if (!isShutHere || Context.current().info.attempt > HANDED_OVER) return plan;
  throw elsewhere(plan.because.code);
}

/** Waits before work for which there is no place is retried: longer each time, and drawn at random. */
const AGAIN_MS = { least: 2_000, most: 5_000 } as const;
const MOST_TIMES = 6;

function later(code: string): ApplicationFailure {
  const times = Math.min(Context.current().info.attempt, MOST_TIMES);
  return elsewhere(code, times * randomInt(AGAIN_MS.least, AGAIN_MS.most));
}

/** Runs one activity; a refusal is final, except for want of a place; any other error is retried. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Refusal && cause.code === 'TOO_MANY_REQUESTS') throw later(cause.code);
    if (cause instanceof Refusal) throw ApplicationFailure.nonRetryable(cause.title, cause.code);
    throw cause;
  }
}

/** The queues this worker takes from, and whether it hands their work over. */
export class Handover {
  readonly #left = new Map<string, AbortController>();

  /** Aborted while work from that queue is handed over; later work gets another signal. */
  readonly leaves: StopSignals['leaves'] = (queue) => this.#of(queue).signal;

  /** Hands over work from these queues, and keeps that of any other. */
  leave(queues: ReadonlySet<string>): void {
    for (const queue of queues) this.#of(queue).abort();
    for (const [queue, { signal }] of this.#left)
      if (signal.aborted && !queues.has(queue)) this.#left.set(queue, new AbortController());
  }

  #of(queue: string): AbortController {
    const known = this.#left.get(queue) ?? new AbortController();
    this.#left.set(queue, known);
    return known;
  }
}
