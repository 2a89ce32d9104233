import { parentPort } from 'node:worker_threads';
import { composePeople, type ComposingOrder } from './composing-people.ts';

/** Composes order after order for the thread that started this one; one text passes sooner than many objects. */
parentPort?.on('message', (order: ComposingOrder) => {
  parentPort?.postMessage(JSON.stringify(composePeople(order)), []);
});
