import { writeFileSync } from 'node:fs';
import { speechOn, nonBlocking } from '../../../src/main/embedded/speech.ts';

// Says more than any terminal holds that nobody reads, then does something else, and ends when it is told to.
const { tell } = speechOn(nonBlocking(process.stdout));
process.once('SIGTERM', () => process.exit(0));
for (let line = 0; line < 20_000; line += 1) tell(`${line} a line that nobody reads`);
setTimeout(() => writeFileSync(process.argv[2] ?? '', String(process.pid)), 3_000);
setInterval(() => undefined, 1_000);
