import { parentPort } from 'node:worker_threads';
import type { Answered, Asked } from '../../../../src/platform/threads/answering-thread.ts';

const PAUSE_MS = 40;

/** Answers in capitals, short words sooner than long ones, `lost` never; dies of the word `die`. */
parentPort?.on('message', ({ turn, order }: Asked<string>) => {
  if (order === 'die') throw new Error('died');
  if (order === 'lost') return;
  const answered: Answered<string> = { turn, answer: order.toUpperCase() };
  setTimeout(() => parentPort?.postMessage(answered, []), order.length * PAUSE_MS);
});
