import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { mutated, plainStops } from '../../gateways/samples/mutation.ts';
import { CALLERS, OURS, samplesOf, type Caller } from '../../gateways/samples/sample.ts';
import type { OperatorCall } from '../../../src/sending/gateway/gateway.ts';
import { cases } from '../../support/cases.ts';
import { inboundServed } from '../public/inbound-served.ts';
import { tellCall } from '../public/operator-call.ts';

/** Calls of each operator through everything, or as many as one asks for. */
const CALLS = Number(process.env['CALLS'] ?? cases(30, 1_000));

/** Three tenths of a second for each on a busy machine. */
const TIME_MS = Math.max(90_000, CALLS * 300);
/** After so many, a long run says how far it is. */
const SAID_EVERY = 5_000;

/** Calls without an answer at a time: what comes together is committed together, as in a busy hour. */
const IN_FLIGHT = 32;

const { database, origin, api, tenantId, readLater, settleLater } = await inboundServed();

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
async function tellAll(caller: Caller, calls: readonly OperatorCall[]): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  let next = 0;
  const began = performance.now();
  const teller = async (): Promise<void> => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const status = await tellCall(origin, caller, call);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (next % SAID_EVERY === 0)
        console.log(caller, next, Math.round((next * 1_000) / (performance.now() - began)), 'a second');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, teller));
  return statuses;
}

/** A worker settles meanwhile what a busy door left. */
async function whileSettling<T>(work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const settling = (async () => {
    while (!over.signal.aborted) if ((await settleLater()) === 0) await pause(1_000);
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await settling;
  }
}

const untilSettled = () =>
  vi.waitFor(
    async () => {
      await settleLater();
      expect(await count(sql`SELECT count(*)::int AS n FROM inbound WHERE settled_at IS NULL`)).toBe(0);
    },
    { timeout: 60_000, interval: 200 },
  );

describe.each(CALLERS)('calls of %s, changed by a seed and some told twice,', (caller) => {
  const samples = samplesOf(caller);

  it(
    'are answered and counted, and STOPs are recorded',
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
      const statuses = await whileSettling(() => tellAll(caller, calls));
      expect(Object.keys(statuses).filter((status) => !['202', '204'].includes(status))).toEqual([]);
      await vi.waitFor(
        async () => {
          await readLater();
          expect(await count(sql`SELECT count(*)::int AS n FROM unread_delivery WHERE state = 'new'`)).toBe(
            0,
          );
        },
        { timeout: TIME_MS, interval: 200 },
      );
      // What takes longer to keep than its operator waits is counted once it is kept.
      const sums = async () => {
        const { heard = 0, repeated = 0, unread: left = 0 } = await outcomes(caller);
        return { received: heard, repeated, left, all: heard + repeated + left };
      };
      await expect.poll(sums).toMatchObject({ all: CALLS, left: await unread() });
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
      await vi.waitFor(async () => expect(await free()).toEqual([]), { timeout: 60_000, interval: 200 });
      // A long run leaves thousands that are barred and not settled yet: of them nothing more is asked here.
      if (process.env['CALLS'] === undefined) return untilSettled();
      console.log(
        caller,
        CALLS,
        JSON.stringify({ answered: statuses, ...others, repeated, barred: stops.size }),
      );
    },
    TIME_MS,
  );
});
