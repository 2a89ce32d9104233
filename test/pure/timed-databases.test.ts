import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Connections of processes whose transactions keep nothing by the law clock, and why. */
const UNTIMED: Readonly<Record<string, string>> = {
  'src/main/cli/keys.ts': 'keys are dated by the machine',
  'src/main/journals.ts': 'reports of the journal are dated by PostgreSQL’s own clock',
  'src/main/worker/worker-pace.ts': 'the pace of workers is measured, not dated',
};

it('every process keeps the database’s time in doubt', () => {
  const opening = globSync('src/**/*.ts', { cwd: root })
    .map((file) => path.normalize(file))
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
    .filter(
      ({ file, text }) => file !== 'src/platform/database/connection.ts' && /\bopenDatabase\(/.test(text),
    );
  // The pool of `openCommon` is timed.
  const isTimed = (text: string): boolean =>
    text.includes('timed: timedByDatabase(clock)') || /openDatabase\(\{\s*\.\.\.pool,/.test(text);
  const untimed = opening.filter(({ text }) => !isTimed(text));
  expect(untimed.map(({ file }) => file).toSorted()).toEqual(Object.keys(UNTIMED));
  expect(opening.length).toBeGreaterThan(5);
});
