import { isCancellation } from '@temporalio/workflow';

/** Forgets a failure to reach somebody who is gone; our own cancellation goes on. */
export function unlessCancelled(failure: unknown): void {
  if (isCancellation(failure)) throw failure;
}
