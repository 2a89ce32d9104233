import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// As `npm start` begins its processes: those of the first run ever compile what the others read.
process.env['NODE_COMPILE_CACHE'] ??= path.join(tmpdir(), 'bonheure-bench-code');

/** `npm run bench -- law`: runs the bench of that name. */
const name = process.argv[2] ?? '';
const file = new URL(`./${name}.ts`, import.meta.url);

if (/^[a-z-]+$/.test(name) && existsSync(file)) {
  const { bench }: { bench?: () => void | Promise<void> } = await import(file.href);
  if (bench) await bench();
} else {
  process.stderr.write('Give the name of a bench, as in: npm run bench -- law\n');
  process.exitCode = 1;
}
