import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadOrder } from '../../../../src/base/answering-thread.ts';

const PAUSE_MS = 40;

/** Nested so deeply that the stack of a thread suffices to write it, and that of the process not to read it. */
function tooDeep(): unknown {
  let nested: unknown[] = [];
  for (let depth = 0; depth < 8_000; depth += 1) nested = [nested];
  return nested;
}

/**
 * Answers in capitals, short words sooner than long ones, `lost` never, `unreadable` with what nobody can read; dies
 * of the word `die`.
 */
parentPort?.on('message', ({ turn, order }: ThreadOrder<string>) => {
  if (order === 'die') throw new Error('died');
  if (order === 'lost') return;
  if (order === 'unreadable') return parentPort?.postMessage({ turn, answer: tooDeep() }, []);
  const answered: ThreadAnswer<string> = { turn, answer: order.toUpperCase() };
  setTimeout(() => parentPort?.postMessage(answered, []), order.length * PAUSE_MS);
});
