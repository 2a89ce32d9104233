import { Context } from '@temporalio/activity';
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
