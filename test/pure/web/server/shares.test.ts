import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shares } from '../../../../src/web/server/budgets.ts';

const BUDGET = { most: 20, ofTenant: 10, ofKey: 6, always: 2 };
const of = (tenant: string, key = tenant) => ({ tenant, key });

describe('what tenants share', () => {
  it('gives a key its part, its tenant more', () => {
    const shares = new Shares(BUDGET);
    const take = (key: string): number =>
      Array.from({ length: 20 }, () => shares.take(of('t', key))).filter((part) => part !== undefined).length;
    expect([take('one'), take('two'), take('three')]).toEqual([6, 4, 0]);
    expect(shares.left(of('t', 'three'))).toBe(0);
  });

  it('leaves something to a tenant that holds nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 4 }))),
        (takings) => {
          const shares = new Shares(BUDGET);
          for (const [tenant, amount] of takings) shares.take(of(tenant), amount);
          expect(shares.take(of('quiet'))).toBeDefined();
          expect(shares.take(of('quiet'))).toBeDefined();
        },
      ),
    );
  });

  it('takes back each part once', () => {
    const shares = new Shares(BUDGET);
    const giveBack = shares.take(of('t'), 5);
    giveBack?.();
    giveBack?.();
    expect([shares.taken, shares.left(of('t'))]).toEqual([0, 6]);
  });
});
