import { readFileSync, writeFileSync } from 'node:fs';
import { enforcement } from '../src/web/api/law/enforced.ts';
import { missingEnforcement } from './missing-enforcement.ts';
import { pages, type Page } from './pages.ts';
import { root } from './root.ts';

function isCurrent({ file, text }: Page): boolean {
  try {
    return readFileSync(new URL(file, root), 'utf8') === text;
  } catch {
    return false;
  }
}

const stale = pages().filter((page) => !isCurrent(page));

if (process.argv.includes('--check')) {
  for (const { file } of stale)
    process.stderr.write(`${file} is not what its sources print: run npm run docs:generate.\n`);
  const missing = missingEnforcement(enforcement);
  for (const line of missing) process.stderr.write(`Nothing enforces ${line}.\n`);
  process.exitCode = stale.length + missing.length === 0 ? 0 : 1;
} else {
  for (const { file, text } of stale) writeFileSync(new URL(file, root), text);
  process.stdout.write(
    stale.length === 0 ? 'Nothing to print.\n' : `Printed ${stale.map(({ file }) => file).join(', ')}.\n`,
  );
}
