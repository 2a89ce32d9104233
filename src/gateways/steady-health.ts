import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway, Health } from '../sending/index.ts';

const AGAIN_MS = 5_000;
/** An operator that does not answer is asked again in a minute. */
const ASKED_WITHIN_MS = 10_000;

/** Checks an account; one that starts beside us, or fails briefly, is asked twice before it counts as down. */
export async function steadyHealth(
  gateway: Pick<Gateway, 'health'>,
  { stopping, againMs = AGAIN_MS }: { readonly stopping: AbortSignal; readonly againMs?: number },
): Promise<Health> {
  const first = await gateway.health(briefly(stopping));
  if (first.ok || stopping.aborted) return first;
  await pause(againMs, undefined, { signal: stopping }).catch(() => undefined);
  return stopping.aborted ? first : gateway.health(briefly(stopping));
}

/** Bounds a check by the stop of the process and by the operator's time limit. */
export const briefly = (stopping: AbortSignal): AbortSignal =>
  AbortSignal.any([stopping, AbortSignal.timeout(ASKED_WITHIN_MS)]);
