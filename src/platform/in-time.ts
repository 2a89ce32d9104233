import { setTimeout as pause } from 'node:timers/promises';

/** Returns the value of a promise, or `late` after so many milliseconds; its timer is always cleared. */
export async function inTime<T, L>(promise: Promise<T>, withinMs: number, late: L): Promise<T | L> {
  const over = new AbortController();
  const waited = pause(withinMs, late, { signal: over.signal }).catch(() => late);
  return Promise.race([promise, waited]).finally(() => over.abort());
}
