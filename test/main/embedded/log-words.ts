import { openLog } from '../../../src/platform/log.ts';

// A process that says much at once: it then ends in the same moment, or lets libraries speak and ends a moment later.
const log = openLog({ level: 'info', process: 'test' });
for (let line = 0; line < 3_000; line += 1) log.info({ line }, 'a line '.repeat(100));
if (process.argv[2] === 'at once') {
  log.fatal('the last word');
  process.exit(3);
}
const speak = (): void => {
  process.stderr.write('as Temporal does\n');
  for (let word = 0; word < 3; word += 1) console.error('as Express does');
  for (let word = 0; word < 3; word += 1) console.log('as somebody does who looks for a fault');
  process.emitWarning('as node does');
};
speak();
setTimeout(speak, 50);
setTimeout(() => process.exit(3), 500);
