import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadOrder } from '../../base/index.ts';
import { composePeople, type ComposingOrder } from './composing-text.ts';

/** Composes order after order for the thread that started this one; one text passes faster than many objects. */
parentPort?.on('message', ({ turn, order }: ThreadOrder<ComposingOrder>) => {
  const answer = JSON.stringify(composePeople(order));
  parentPort?.postMessage({ turn, answer } satisfies ThreadAnswer<string>, []);
});
