import { isCancellation } from '@temporalio/workflow';

/** Ignores a failure to reach a workflow that is gone; our own cancellation goes on. */
export function unlessCancelled(failure: unknown): void {
  if (isCancellation(failure)) throw failure;
}
