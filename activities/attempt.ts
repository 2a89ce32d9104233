import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Plan } from '../src/messages/plan.ts';
import { timeOuts } from '../workflows/time-outs.ts';

/** What bounds one attempt at a long activity. */
export interface Attempt {
  /** Aborted when another attempt took over, or when the process is told to stop: mark nothing more. */
  readonly signal: AbortSignal;
  readonly heartbeat: () => void;
}

/**
 * Runs work that says each second that it lives, once it has lasted a while.
 *
 * What is over sooner, as one reminder, says nothing: each word is a write of the server's.
 */
export async function beating<T>(stopping: AbortSignal, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const heartbeat = (): void => {
    context.heartbeat();
  };
  let pulse: NodeJS.Timeout | undefined;
  const lasting = setTimeout(() => {
    heartbeat();
    pulse = setInterval(heartbeat, timeOuts.heartbeatMs);
  }, timeOuts.silentMs);
  try {
    return await work({ signal: AbortSignal.any([context.cancellationSignal, stopping]), heartbeat });
  } finally {
    clearTimeout(lasting);
    clearInterval(pulse);
  }
}

/** What shuts the gate of one worker: another's may be open, as when a host comes back after it was cut off. */
const SHUT_HERE: ReadonlySet<string> = new Set(['CLOCK_DOUBT', 'SEAL_DOUBT']);
const HANDED_OVER = 3;
const HANDED_OVER_MS = 250;

/** Leaves a task to any worker when this one's own gate is shut; where all are, the fourth attempt waits as it says. */
export async function orElsewhere(work: () => Promise<Plan>): Promise<Plan> {
  const plan = await work();
  const isShutHere = plan.kind === 'wait' && SHUT_HERE.has(plan.because.code);
  if (!isShutHere || Context.current().info.attempt > HANDED_OVER) return plan;
  const { code } = plan.because;
  throw ApplicationFailure.create({
    type: code,
    message: code,
    nextRetryDelay: HANDED_OVER_MS,
    // Nothing is wrong with the task: it is no warning, and no failure that anybody counts.
    category: 'BENIGN',
  });
}
