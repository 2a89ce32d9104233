import { parentPort } from 'node:worker_threads';
import { sealPeople, type SealingOrder } from './people-sealing.ts';

/** Seals order after order for the thread that started this one. */
parentPort?.on('message', (order: SealingOrder) => {
  const sealed = sealPeople(order);
  parentPort?.postMessage(sealed, [sealed.bytes.buffer, sealed.ends.buffer]);
});
