import { describe, expect, it, test } from 'vitest';
import { Bound, neighbourhood } from '../../../../src/web/server/bounds.ts';

describe('a bound on how often something happens', () => {
  it('admits its number within its time, then again', () => {
    const bound = new Bound(3, 1_000);
    const at = [0, 1, 2, 3, 999, 1_000].map((ms) => bound.admits('a', ms));
    expect(at).toEqual([true, true, true, false, false, true]);
  });

  it('counts each name for itself', () => {
    const bound = new Bound(1, 1_000);
    expect([bound.admits('a', 0), bound.admits('b', 0), bound.admits('a', 0)]).toEqual([true, true, false]);
  });

  it('forgets the oldest of a flood', () => {
    const bound = new Bound(1, 1_000_000);
    for (let turn = 0; turn <= 20_000; turn += 1) bound.admits(`visitor ${turn}`, 0);
    expect(bound.admits('visitor 20000', 1)).toBe(false);
    expect(bound.admits('visitor 0', 1)).toBe(true);
  });
});

describe('the network of an address', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('of %s is %s', (address, known) => {
    expect(neighbourhood(address)).toBe(known);
  });
});
