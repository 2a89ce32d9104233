import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { mutated, plainStops } from '../gateways/samples/mutation.ts';
import { CALLERS, OURS, samplesOf, type Caller } from '../gateways/samples/sample.ts';
import type { HeardCall } from '../../src/gateways/heard-call.ts';
import { cases } from '../support/cases.ts';
import { inboundServed } from './inbound-served.ts';
import { tellCall } from './telling.ts';

/** Calls of each operator through everything, or as many as one asks for. */
const CALLS = Number(process.env['CALLS'] ?? cases(100, 1_000));

/** A tenth of a second for each on a busy machine. */
const TIME_MS = Math.max(90_000, CALLS * 100);

/** Calls without an answer at a time: what comes together is committed together, as in a busy hour. */
const IN_FLIGHT = 32;

const { database, origin, api, tenantId, readLater } = await inboundServed();

const count = async (query: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await database.outside((tx) => tx.rows(query as ReturnType<typeof sql<{ n: number }>>));
  return row?.n ?? 0;
};

const outcomes = async (caller: Caller): Promise<Record<string, number>> => {
  const found = await api.metrics.registry.getSingleMetric('bonheure_inbound_calls_total')?.get();
  const own = found?.values.filter(({ labels }) => labels['gateway'] === caller) ?? [];
  return Object.fromEntries(own.map(({ labels, value }) => [String(labels['outcome']), value]));
};

/** Tells each, so many at a time; how often they were answered by what. */
async function tellAll(caller: Caller, calls: readonly HeardCall[]): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  let next = 0;
  const teller = async (): Promise<void> => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const status = await tellCall(origin, caller, call);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, teller));
  return statuses;
}

describe.each(CALLERS)('calls of %s, changed by a seed and some told twice,', (caller) => {
  const samples = samplesOf(caller);

  it(
    'are answered, counted to the last one, and bar whoever can be seen to say STOP',
    async () => {
      const calls = Array.from({ length: CALLS }, (_none, place) => {
        const seed = place % 9 === 8 ? place - 1 : place;
        const sample = samples[seed % samples.length];
        if (sample === undefined) throw new Error('there is no sample');
        return mutated(
          sample.call,
          seed,
          `3369${CALLERS.indexOf(caller)}${String(1_000_000 + seed).slice(1)}`,
        );
      });
      const unread = () =>
        count(sql`SELECT count(*)::int AS n FROM unread_delivery u JOIN gateway_account g ON g.id = u.account_id
                 WHERE g.name = ${caller} AND u.state = 'unread'`);
      const statuses = await tellAll(caller, calls);
      expect(Object.keys(statuses).filter((status) => !['202', '204'].includes(status))).toEqual([]);
      await vi.waitFor(
        async () => {
          await readLater();
          expect(await count(sql`SELECT count(*)::int AS n FROM unread_delivery WHERE state = 'new'`)).toBe(
            0,
          );
        },
        { timeout: 60_000, interval: 200 },
      );
      // What takes longer to keep than its operator waits is counted once it is kept.
      const sums = async () => {
        const { heard = 0, repeated = 0, unread: left = 0 } = await outcomes(caller);
        return { heard, repeated, left, all: heard + repeated + left };
      };
      await expect.poll(sums, { timeout: 30_000 }).toMatchObject({ all: CALLS, left: await unread() });
      const { repeated, ...others } = await sums();
      expect(repeated).toBeGreaterThan(0);

      const stops = new Set(
        calls.flatMap((call) => plainStops(call, (names) => OURS[caller].some((name) => names.has(name)))),
      );
      expect(stops.size).toBeGreaterThan(CALLS / 40);
      const free = () =>
        database.withTenant(tenantId, async (tx) => {
          const keys = await api.vault.tenant(tx);
          const barred = new Set(
            (
              await tx.rows(
                sql<{ phone: string }>`SELECT encode(phone_index, 'hex') AS phone FROM suppression`,
              )
            ).map(({ phone }) => phone),
          );
          return [...stops].filter((number) => !barred.has(keys.phoneIndex(number).toString('hex')));
        });
      await vi.waitFor(async () => expect(await free()).toEqual([]), { timeout: 30_000, interval: 200 });
      if (process.env['CALLS'] === undefined) return;
      console.log(
        caller,
        CALLS,
        JSON.stringify({ answered: statuses, ...others, repeated, barred: stops.size }),
      );
    },
    TIME_MS,
  );
});
