import { openProcess, type KeyPlace } from './key-process.ts';

/** A worker in a process of its own: carries rotations on until it is killed. */
// What the test that starts it says.
const place = JSON.parse(process.env['PLACE'] ?? '{}') as KeyPlace;
const worker = await openProcess(place);
process.stdout.write('rotating\n');
for (;;) {
  await worker.look();
  await worker.turn();
}
