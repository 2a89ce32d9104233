import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';

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

/** Awaits all of them, also when one fails: nothing goes on unseen. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
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

/** Rows of a page that a person looks at: mapped in one piece. */
const FEW = 100;
/** Milliseconds of one piece. */
const SLICE_MS = 4;

/** The last turn of the event loop that somebody waits for. */
let lastTurn: Promise<unknown> = Promise.resolve();

/** Waits for a turn of the event loop that nobody else takes. */
const ownTurn = (): Promise<unknown> => (lastTurn = lastTurn.then(() => immediately()));

/**
 * Settles as the answer does, after so many milliseconds in all where it comes sooner, and in a turn of the event loop
 * of its own: hundreds that were asked together are due together, and would be given in one piece.
 */
export async function evenlyAfter<T>(ms: number, answer: Promise<T>): Promise<T> {
  try {
    const [given] = await Promise.all([answer, pause(ms)]);
    return given;
  } finally {
    await ownTurn();
  }
}

/**
 * Maps rows in order; many of them in slices of some milliseconds, between which this process serves others. Of
 * several who map at once, one takes a slice in a turn: five hundred people, opened and written as CSV, took 100 ms in
 * one piece, and a dozen exports came together.
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
