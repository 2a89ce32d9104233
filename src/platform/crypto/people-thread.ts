import { parentPort } from 'node:worker_threads';
import type { Answered, Asked } from '../threads/answering-thread.ts';
import { sealPeople, type SealedPeople, type SealingOrder } from './people-sealing.ts';

/** Seals order after order for the thread that started this one. */
parentPort?.on('message', ({ turn, order }: Asked<SealingOrder>) => {
  const answer = sealPeople(order);
  const { bytes, ends } = answer;
  parentPort?.postMessage({ turn, answer } satisfies Answered<SealedPeople>, [bytes.buffer, ends.buffer]);
});
