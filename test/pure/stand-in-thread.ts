import { parentPort } from 'node:worker_threads';

/** Answers what it is told, after a while where it is told so, and dies of the word `die`. */
parentPort?.on('message', (word: string) => {
  if (word === 'die') throw new Error('died');
  setTimeout(() => parentPort?.postMessage(word.toUpperCase(), []), word.length);
});
