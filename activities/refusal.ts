import { ApplicationFailure } from '@temporalio/activity';
import { Refusal } from '../src/platform/index.ts';

/** Runs one activity; a refusal is final, any other error is retried. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Refusal) throw ApplicationFailure.nonRetryable(cause.title, cause.code);
    throw cause;
  }
}
