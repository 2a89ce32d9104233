import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';

const page = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');
const [smaller = '', whole = ''] = page.split('Left to the night, whole:');

const namedIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\| `(test\/\S+\.test\.ts)`/gm)].map(([, file = '']) => file).toSorted();

/** Test files that import one of these from `test/support/cases.ts`. */
const filesWith = (...names: readonly string[]): readonly string[] => {
  const pattern = new RegExp(
    `^import \\{[^}]*\\b(?:${names.join('|')})\\b[^}]*\\} from '\\S+support/cases.ts'`,
    'm',
  );
  return globSync('test/**/*.test.ts', { cwd: root })
    .filter((file) => pattern.test(readFileSync(new URL(file, root), 'utf8')))
    .toSorted();
};

describe('what the night runs and a commit does not', () => {
  it('is named with its reason, file by file', () => {
    expect(namedIn(whole)).toEqual(filesWith('NIGHT'));
  });

  it('has more cases where the table says so', () => {
    const named = namedIn(smaller);
    expect(filesWith('cases', 'IS_LONG').filter((file) => !named.includes(file))).toEqual([]);
  });
});
