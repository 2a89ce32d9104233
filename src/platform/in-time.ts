import { setTimeout as pause } from 'node:timers/promises';

/** What a promise comes to, or `late` once so many milliseconds have passed; no timer outlives the answer. */
export async function inTime<T, L>(promise: Promise<T>, withinMs: number, late: L): Promise<T | L> {
  const over = new AbortController();
  const waited = pause(withinMs, late, { signal: over.signal }).catch(() => late);
  return Promise.race([promise, waited]).finally(() => over.abort());
}
