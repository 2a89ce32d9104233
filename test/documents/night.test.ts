import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';

const page = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');
const [smaller = '', whole = ''] = page.split('Left to the night, whole:');

const namedIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\| `(test\/\S+\.test\.ts)`/gm)].map(([, file = '']) => file).toSorted();

/** Test files in which that pattern occurs. */
const filesWith = (pattern: RegExp): readonly string[] =>
  globSync('test/**/*.test.ts', { cwd: root })
    .filter((file) => pattern.test(readFileSync(new URL(file, root), 'utf8')))
    .toSorted();

describe('what the night runs and a commit does not', () => {
  it('is named with its reason, file by file', () => {
    expect(namedIn(whole)).toEqual(filesWith(/^(?!import).*\bNIGHT\b/m));
  });

  it('takes more cases where the table says so', () => {
    expect(
      filesWith(/^(?!import).*\b(?:cases\(|IS_LONG)/m).filter((file) => !namedIn(smaller).includes(file)),
    ).toEqual([]);
  });
});
