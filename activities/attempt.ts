import { Context } from '@temporalio/activity';
import { timeOuts } from '../workflows/time-outs.ts';

/** What bounds one attempt at a long activity. */
export interface Attempt {
  /** Aborted when another attempt took over, or when the process is told to stop: mark nothing more. */
  readonly signal: AbortSignal;
  readonly heartbeat: () => void;
}

/** Runs long work that says each second that it lives. */
export async function beating<T>(stopping: AbortSignal, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const heartbeat = (): void => {
    context.heartbeat();
  };
  const pulse = setInterval(heartbeat, timeOuts.heartbeatMs);
  try {
    return await work({ signal: AbortSignal.any([context.cancellationSignal, stopping]), heartbeat });
  } finally {
    clearInterval(pulse);
  }
}
