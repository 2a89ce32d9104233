import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadOrder } from '../../base/index.ts';
import { sealPeople, type SealedPeople, type SealingOrder } from './people-sealing.ts';

/** Seals order after order for the thread that started this one. */
parentPort?.on('message', ({ turn, order }: ThreadOrder<SealingOrder>) => {
  const answer = sealPeople(order);
  const { bytes, ends } = answer;
  parentPort?.postMessage({ turn, answer } satisfies ThreadAnswer<SealedPeople>, [bytes.buffer, ends.buffer]);
});
