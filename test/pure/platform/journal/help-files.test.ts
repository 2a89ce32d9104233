import { describe, expect, it } from 'vitest';
import { FRESH_MS, RecentChanges } from '../../../../src/platform/journal/neighbours.ts';

describe('a sign of recent work', () => {
  it('counts once seen to change recently', () => {
    const signs = new RecentChanges();
    // The first may be of yesterday.
    expect(signs.isFresh('one', '1', 0)).toBe(false);
    expect(signs.isFresh('one', '1', 200)).toBe(false);
    expect(signs.isFresh('one', '2', 400)).toBe(true);
    expect(signs.isFresh('one', '2', 400 + FRESH_MS)).toBe(true);
    expect(signs.isFresh('one', '2', 401 + FRESH_MS)).toBe(false);
    expect(signs.isFresh('other', '2', 401 + FRESH_MS)).toBe(false);
  });

  it('says nothing after a long gap', () => {
    const signs = new RecentChanges();
    signs.isFresh('one', '1', 0);
    expect(signs.isFresh('one', '2', FRESH_MS + 1)).toBe(false);
    expect(signs.isFresh('one', '3', FRESH_MS + 200)).toBe(true);
  });

  it('is forgotten with what it was of', () => {
    const signs = new RecentChanges();
    signs.isFresh('one', '1', 0);
    signs.keepOnly(new Set(['other']));
    expect(signs.isFresh('one', '2', 1)).toBe(false);
  });
});
