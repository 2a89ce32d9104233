import { setTimeout as pause } from 'node:timers/promises';

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
