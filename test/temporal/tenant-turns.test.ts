import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { nextDue } from '../../src/operations/index.ts';
import { BEFORE_ALL } from '../../src/platform/index.ts';
import { wake } from '../../src/temporal/conductor.ts';
import { dispatch } from '../../src/temporal/dispatcher.ts';
import {
  dueIntents,
  dueWork,
  removeIntents,
  type DueIntent,
} from '../../src/temporal/due-work.repository.ts';
import { tenantBacklogs } from './tenant-backlogs.ts';
import { aWorld } from './world.ts';

const world = await aWorld();
const { deps, database, clock } = world;
const look = (sql: string, values?: unknown[]) => world.look(sql, values);
const now = (): string => clock.now().toISO();
const write = tenantBacklogs(look, now);

const leftOf = async (tenantId: string): Promise<number> =>
  (await look('SELECT FROM intent WHERE tenant_id = $1', [tenantId])).length;

afterEach(async () => {
  await look('DELETE FROM intent');
  await look('DELETE FROM reminder_series');
});

describe('the outbox of many tenants', () => {
  it('delivers to a newcomer in the first slice', async () => {
    const [many = '', one = ''] = await write.tenants(2);
    await write.intents(many, 5_000);
    await write.intents(one, 1, { dueSinceS: 1 });
    expect(await dispatch(deps)).toBe(true);
    expect([await leftOf(many), await leftOf(one)]).toEqual([4_969, 0]);
  });

  it('delivers every STOP before anything else', async () => {
    const [many = '', one = ''] = await write.tenants(2);
    await write.intents(one, 1, { class: 1 });
    await write.intents(many, 200, { class: 0, dueSinceS: 1 });
    const due = await dueIntents(database, now(), { most: 201 });
    expect(due.map((intent) => intent.class)).toEqual([...Array.from({ length: 200 }, () => 0), 1]);
  });

  it('passes nobody over among forty tenants', async () => {
    const tenants = await write.tenants(40);
    for (const tenant of tenants) await write.intents(tenant, 5);
    const rotation = { after: BEFORE_ALL };
    await dispatch(deps, new Map(), rotation);
    await dispatch(deps, new Map(), rotation);
    const left = await Promise.all(tenants.map(leftOf));
    expect(left.filter((count) => count === 5)).toEqual([]);
  });

  it('delivers what a clock ahead put off', async () => {
    const [one = ''] = await write.tenants(1);
    await write.intents(one, 1, { dueSinceS: -700 });
    await write.intents(one, 1, { dueSinceS: -300 });
    await write.intents(one, 1);
    const due = await dueIntents(database, now(), { most: 10 });
    await removeIntents(database, due);
    expect([due.length, await leftOf(one)]).toEqual([2, 1]);
  });
});

interface Backlog {
  readonly tenant: number;
  readonly class: number;
  readonly count: number;
}

const backlogs = fc.array(
  fc.record({
    tenant: fc.nat({ max: 5 }),
    class: fc.nat({ max: 3 }),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Delivers a backlog in slices of so many, as the dispatcher does; returns the whole in its order. */
async function delivered(slice: number): Promise<DueIntent[]> {
  const all: DueIntent[] = [];
  let after = BEFORE_ALL;
  for (;;) {
    const due = (await dueIntents(database, now(), { most: 4 * slice, after })).slice(0, slice);
    if (due.length === 0) return all;
    all.push(...due);
    after = due.at(-1)?.tenantId ?? after;
    await removeIntents(database, due);
  }
}

/** Says whether a tenant had more intents of one class delivered than one that was waiting for as many. */
function overtaken(ofClass: readonly DueIntent[]): boolean {
  const counts = new Map<string, number>();
  return ofClass.some(({ tenantId }) => {
    const own = (counts.get(tenantId) ?? 0) + 1;
    counts.set(tenantId, own);
    return [...counts.values()].some((others) => others > own);
  });
}

describe('any backlog of the outbox', () => {
  it('is delivered whole, each tenant in turn', async () => {
    const tenants = await write.tenants(6);
    await fc.assert(
      fc.asyncProperty(backlogs, fc.integer({ min: 1, max: 7 }), async (written: Backlog[], slice) => {
        for (const { tenant, count, ...what } of written)
          await write.intents(tenants[tenant] ?? '', count, what);
        const kept = await look('SELECT id FROM intent ORDER BY class, not_before, id');
        const order = await delivered(slice);
        expect(order).toHaveLength(kept.length);
        expect(order.map((intent) => intent.class)).toEqual(
          order.map((intent) => intent.class).toSorted((one, other) => one - other),
        );
        const place = new Map(kept.map(({ id }, index) => [id, index]));
        for (const theirs of Map.groupBy(order, ({ tenantId }) => tenantId).values()) {
          const places = theirs.map(({ id }) => place.get(id) ?? -1);
          expect(places).toEqual(places.toSorted((one, other) => one - other));
        }
        for (const ofClass of Map.groupBy(order, (intent) => intent.class).values())
          expect(overtaken(ofClass)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });
});

describe('due work of many tenants', () => {
  const waiting = async (tenantId: string): Promise<number> =>
    (await look('SELECT FROM reminder_series WHERE tenant_id = $1 AND woken_at IS NULL', [tenantId])).length;

  it('wakes a newcomer in the first turn', async () => {
    const [many = '', one = ''] = await write.tenants(2);
    await write.series(many, 5_000);
    await write.series(one, 1);
    await wake(deps);
    expect([await waiting(many), await waiting(one)]).toEqual([4_801, 0]);
  });

  it.each([3, 1_000])('takes one of each tenant, asked for %i', async (most) => {
    const tenants = (await write.tenants(3)).toSorted();
    for (const [index, tenant] of tenants.entries()) await write.series(tenant, 2 + index);
    const due = await dueWork(database, now(), { most, after: tenants[0] });
    const turn = due.slice(0, 3).map(({ tenantId }) => tenantId);
    expect(turn).toEqual([...tenants.slice(1), tenants[0]]);
    expect(due).toHaveLength(Math.min(most, 9));
    for (const theirs of Map.groupBy(due, ({ tenantId }) => tenantId).values()) {
      const instants = theirs.map(({ dueAt }) => dueAt);
      expect(instants).toEqual(instants.toSorted());
    }
  });

  it('finds the next moment behind much late', async () => {
    const [many = ''] = await write.tenants(1);
    await write.series(many, 1_100);
    expect(await nextDue(database, clock.now())).toBeUndefined();
    const next = clock.now().plus({ hours: 1 }).toUTC().toISO();
    await look(
      'UPDATE reminder_series SET next_action_at = $1 WHERE id = (SELECT id FROM reminder_series LIMIT 1)',
      [next],
    );
    expect(await nextDue(database, clock.now())).toBe(next);
  });
});
