import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../../src/law/book.ts';
import { mutations } from './mutation.ts';

const tests = new URL('../../', import.meta.url);
const law = new URL('../../../src/law/', import.meta.url);

describe('the changes of the register', () => {
  test('name each parameter once, and no other', () => {
    const parameters = rules.flatMap(({ id, parameters: named }) =>
      Object.keys(named).map((parameter) => `${id} ${parameter}`),
    );
    expect(mutations.map(({ rule, parameter }) => `${rule} ${parameter}`).toSorted()).toEqual(
      parameters.toSorted(),
    );
  });

  test('find their constant once, and tests that exist', () => {
    const lost = mutations.filter(
      ({ file, from, tests: named }) =>
        readFileSync(new URL(file, law), 'utf8').split(from).length !== 2 ||
        named.some((name) => !existsSync(new URL(name, tests))),
    );
    expect(lost.map(({ rule, parameter }) => `${rule} ${parameter}`)).toEqual([]);
  });
});
