import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairTurns, type Flow } from '../../../src/sending/pace/precedence.ts';

const flow = (name: string): Flow => {
  const [tenantId = '', of = ''] = name.split('/');
  return { tenantId, of };
};

/** Grants `tokens`, a few at a time, to lanes that wait, take and wait again; counts those of each campaign. */
function handOut(lanes: readonly string[], { tokens, most }: { tokens: number; most: number }) {
  const turns = new FairTurns();
  const given: Record<string, number> = {};
  const over = lanes.map((lane) => turns.waits(flow(lane), 0));
  for (let left = tokens, turn = 0; left > 0; turn += 1) {
    const at = turn % lanes.length;
    const lane = lanes[at] ?? '';
    over[at]?.();
    const count = turns.isTurnOf(flow(lane)) ? Math.min(most, left) : 0;
    if (count > 0) turns.gave(flow(lane), count, turn);
    given[lane] = (given[lane] ?? 0) + count;
    left -= count;
    over[at] = turns.waits(flow(lane), turn);
  }
  return given;
}

const lanesOf = (name: string, count: number): string[] => Array.from({ length: count }, () => name);

describe('a rate that does not suffice for all', () => {
  it.each([
    ['two campaigns of one tenant, whatever their lanes', ['a/big', 8], ['a/small', 1], 300, 300],
    ['two tenants, however many lanes each has', ['a/big', 16], ['b/small', 1], 300, 300],
    ['a campaign and a tenant’s answers', ['a/big', 8], ['a/own', 2], 300, 300],
  ] as const)('is shared alike by %s', (_who, [big, many], [small, few], bigShare, smallShare) => {
    const given = handOut([...lanesOf(big, many), ...lanesOf(small, few)], { tokens: 600, most: 5 });
    expect(given).toEqual({ [big]: bigShare, [small]: smallShare });
  });

  it('gives a tenant the same for three campaigns', () => {
    const given = handOut(['a/1', 'a/2', 'a/3', 'b/1'], { tokens: 600, most: 1 });
    expect(given).toEqual({ 'a/1': 100, 'a/2': 100, 'a/3': 100, 'b/1': 300 });
  });

  it('is all of whoever is alone', () => {
    expect(handOut(lanesOf('a/1', 3), { tokens: 99, most: 7 })).toEqual({ 'a/1': 99 });
  });

  it('owes nothing to a silent campaign', () => {
    const turns = new FairTurns();
    const both = () => [turns.isTurnOf(flow('a/late')), turns.isTurnOf(flow('a/long'))];
    turns.waits(flow('a/late'), 0)();
    turns.waits(flow('a/long'), 0);
    turns.gave(flow('a/long'), 1_000_000, 5_000);
    turns.waits(flow('a/late'), 5_000);
    expect(both()).toEqual([true, true]);
    turns.gave(flow('a/late'), 1, 5_000);
    expect(both()).toEqual([false, true]);
  });

  it('waits for nobody who stopped waiting', () => {
    const turns = new FairTurns();
    turns.waits(flow('a/here'), 0);
    turns.gave(flow('a/here'), 10, 0);
    const gone = turns.waits(flow('b/gone'), 0);
    turns.gave(flow('a/here'), 10, 0);
    expect(turns.isTurnOf(flow('a/here'))).toBe(false);
    gone();
    expect(turns.isTurnOf(flow('a/here'))).toBe(true);
  });

  it('differs by one handful at most', () => {
    const names = ['a/1', 'a/2', 'b/1', 'c/1', 'c/2', 'c/3'];
    const asked = fc.array(
      fc.record({ name: fc.constantFrom(...names), count: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(asked, (asks) => {
        const turns = new FairTurns();
        const given = new Map(names.map((name) => [name, 0]));
        for (const name of names) turns.waits(flow(name), 0);
        for (const { name, count } of asks) {
          if (!turns.isTurnOf(flow(name))) continue;
          turns.gave(flow(name), count, 0);
          given.set(name, (given.get(name) ?? 0) + count);
        }
        const of = (tenant: string) => names.filter((name) => name.startsWith(tenant));
        const sum = (some: readonly string[]) => some.reduce((all, name) => all + (given.get(name) ?? 0), 0);
        const apart = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);
        const tenants = ['a', 'b', 'c'].map(of);
        expect(apart(tenants.map(sum))).toBeLessThanOrEqual(9);
        for (const own of tenants)
          expect(apart(own.map((name) => given.get(name) ?? 0))).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('always has somebody whose turn it is', () => {
    const asks = fc.array(fc.tuple(fc.constantFrom('a/1', 'a/2', 'b/1'), fc.nat({ max: 9 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(asks, (some) => {
        const turns = new FairTurns();
        for (const [name, count] of some) {
          turns.waits(flow(name), 0);
          turns.gave(flow(name), count, 0);
        }
        expect(some.some(([name]) => turns.isTurnOf(flow(name)))).toBe(true);
      }),
    );
  });
});
