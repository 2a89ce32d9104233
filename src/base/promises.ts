import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';

/** Settles as the promise does, or returns `late` after so many milliseconds. Leaves no timer behind. */
export async function inTime<T, L>(promise: Promise<T>, withinMs: number, late: L): Promise<T | L> {
  const over = new AbortController();
  const waited = pause(withinMs, late, { signal: over.signal }).catch(() => late);
  return Promise.race([promise, waited]).finally(() => over.abort());
}

/** Asks every 20 ms until the answer is true; returns false when it was not within so many milliseconds. */
export async function until(question: () => Promise<boolean> | boolean, withinMs: number): Promise<boolean> {
  const stopAt = performance.now() + withinMs;
  for (;;) {
    if (await question()) return true;
    if (performance.now() >= stopAt) return false;
    // Short enough that a server ready in 100 ms is not waited for much longer.
    await pause(20);
  }
}

/** Returns the results of all promises once every one has settled; throws the first error only then. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Does the work for each item, `limit` at a time; returns the outcomes in the order of the items. */
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

/** Resolves after so many milliseconds of real time, or as soon as the signal is aborted. */
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

/** As many rows as a page shows are mapped in one go. */
const FEW = 100;
const SLICE_MS = 4;

/** The last turn of the event loop that was given to somebody. */
let lastTurn: Promise<unknown> = Promise.resolve();

/** Waits for a turn of the event loop in which no other caller of this function works. */
const ownTurn = (): Promise<unknown> => (lastTurn = lastTurn.then(() => immediately()));

/**
 * Settles as the answer does, but not before so many milliseconds from now, and in a turn of the event loop of its own:
 * hundreds of answers that are due at the same moment would otherwise all be given in one turn.
 */
export async function evenlyAfter<T>(ms: number, answer: Promise<T>): Promise<T> {
  try {
    const [value] = await Promise.all([answer, pause(ms)]);
    return value;
  } finally {
    await ownTurn();
  }
}

/**
 * Maps rows in order. More than 100 are mapped in slices of 4 ms, between which this process serves others, and of
 * several callers at once each takes its slices in turns of its own. Five hundred people, opened and written as CSV,
 * took 100 ms in one go, and a dozen exports may run at once.
 */
export async function mapInSlices<Row, Mapped>(
  rows: readonly Row[],
  map: (row: Row) => Mapped,
): Promise<Mapped[]> {
  if (rows.length <= FEW) return rows.map(map);
  const mapped: Mapped[] = [];
  const left = rows.values();
  for (let next = left.next(); next.done !== true;) {
    await ownTurn();
    const stopAt = performance.now() + SLICE_MS;
    do {
      mapped.push(map(next.value));
      next = left.next();
    } while (next.done !== true && performance.now() < stopAt);
  }
  return mapped;
}
