import { describe, expect, test } from 'vitest';
import { isListDue } from '../../../src/law/chapters/opt-out.ts';

const DAY_MS = 86_400_000;

describe('the list of an operator', () => {
  test('is read at first, then a day later', () => {
    expect([isListDue(undefined, 5), isListDue(0, DAY_MS - 1), isListDue(0, DAY_MS)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
