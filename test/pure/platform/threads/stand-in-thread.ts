import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadOrder } from '../../../../src/platform/threads/answering-thread.ts';

const PAUSE_MS = 40;

/** Answers in capitals, short words sooner than long ones, `lost` never; dies of the word `die`. */
parentPort?.on('message', ({ turn, order }: ThreadOrder<string>) => {
  if (order === 'die') throw new Error('died');
  if (order === 'lost') return;
  const answered: ThreadAnswer<string> = { turn, answer: order.toUpperCase() };
  setTimeout(() => parentPort?.postMessage(answered, []), order.length * PAUSE_MS);
});
