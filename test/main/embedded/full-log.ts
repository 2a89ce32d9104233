import { openLog } from '../../../src/platform/log.ts';

// A process that logs on and on, and says on another way that it lives; it ends when that is closed.
const log = openLog({ level: 'info', process: 'test' });
let line = 0;
setInterval(() => {
  for (let n = 0; n < 50; n += 1) log.info({ line: (line += 1) }, 'a line '.repeat(20));
}, 5);
setInterval(() => process.stderr.write(`${line} ${process.memoryUsage().heapUsed}\n`), 50);
process.stdin.on('end', () => process.exit(0)).resume();
