import { writeFileSync } from 'node:fs';
import { speechOn, unhurried } from '../../src/embedded/speech.ts';

// Says more than any terminal holds that nobody reads, then does something else.
const { tell } = speechOn(unhurried(process.stdout));
for (let line = 0; line < 20_000; line += 1) tell(`${line} a line that nobody reads`);
writeFileSync(process.argv[2] ?? '', String(process.stdout.isTTY));
setInterval(() => undefined, 1_000);
