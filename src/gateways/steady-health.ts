import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway, Health } from '../sending/index.ts';

const AGAIN_MS = 5_000;
/** An operator that does not answer is asked again in a minute. */
const ASKED_WITHIN_MS = 10_000;

/** How an account fares; what starts beside us, or blinks, is asked twice before it is said not to answer. */
export async function steadyHealth(
  gateway: Pick<Gateway, 'health'>,
  { stopping, againMs = AGAIN_MS }: { readonly stopping: AbortSignal; readonly againMs?: number },
): Promise<Health> {
  const first = await gateway.health(briefly(stopping));
  if (first.ok || stopping.aborted) return first;
  await pause(againMs, undefined, { signal: stopping }).catch(() => undefined);
  return stopping.aborted ? first : gateway.health(briefly(stopping));
}

/** Until it is told to stop, and no longer than an operator may take. */
export const briefly = (stopping: AbortSignal): AbortSignal =>
  AbortSignal.any([stopping, AbortSignal.timeout(ASKED_WITHIN_MS)]);
