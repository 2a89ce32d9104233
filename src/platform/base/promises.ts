import { setTimeout as pause } from 'node:timers/promises';

/** Returns the value of a promise, or `late` after so many milliseconds; its timer is always cleared. */
export async function inTime<T, L>(promise: Promise<T>, withinMs: number, late: L): Promise<T | L> {
  const over = new AbortController();
  const waited = pause(withinMs, late, { signal: over.signal }).catch(() => late);
  return Promise.race([promise, waited]).finally(() => over.abort());
}

/** Asks again and again until the answer is true; false when time ran out. */
export async function until(question: () => Promise<boolean> | boolean, withinMs: number): Promise<boolean> {
  const stopAt = performance.now() + withinMs;
  for (;;) {
    if (await question()) return true;
    if (performance.now() >= stopAt) return false;
    // Short enough that a server ready in 100 ms is not waited for much longer.
    await pause(20);
  }
}

/** Works through the items with limited concurrency; returns outcomes in the order of the items. */
export async function eachWithin<Item, Outcome>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
): Promise<PromiseSettledResult<Outcome>[]> {
  const outcomes: PromiseSettledResult<Outcome>[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) [outcomes[index]] = await Promise.allSettled([work(item)]);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return outcomes;
}

/** Rests that long, by the machine, or until aborted. */
export function resting(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((rested) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      rested();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
