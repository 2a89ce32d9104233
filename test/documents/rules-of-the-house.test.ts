import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root } from '../../documents/root.ts';

const textOf = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** How a program of ours could ask this host for the date. A difference of two times is no date. */
const ASKS_THE_HOST = /\bDate\.now\(|\bnew Date\(\)|\bDateTime\.(?:now|utc|local)\(\)/;

it('two files alone ask for the time', () => {
  const files = globSync('{src,workflows,activities}/**/*.ts', { cwd: root }).toSorted();
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => ASKS_THE_HOST.test(textOf(file)))).toEqual([
    'src/platform/clock.ts',
    // Settings are read before there is a clock.
    'src/settings/gateway-account.ts',
  ]);
});

it('CI runs each check of npm run check', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: { readonly check: string } };
  const checks = [...scripts.check.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  const [, inCi = ''] = /^for name in (.+); do check/m.exec(textOf('.ci/run')) ?? [];
  // A change of the law is tried by its mutations before it comes here.
  expect(checks.filter((name) => name !== 'law:mutations')).toEqual(inCi.split(' '));
});
