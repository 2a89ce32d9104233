import { sql } from 'kysely';
import twilioLibrary from 'twilio';
import { describe, expect, it, vi } from 'vitest';
import type { HeardCall } from '../../src/gateways/heard-call.ts';
import { mutated, plainStops } from '../gateways/samples/mutation.ts';
import { CALLERS, OURS, samplesOf, type Caller } from '../gateways/samples/sample.ts';
import { cases } from '../support/cases.ts';
import { inboundServed, PUBLIC, SECRET, TOKEN } from './inbound-served.ts';

/** Calls of each operator through everything, or as many as one asks for. */
const CALLS = Number(process.env['CALLS'] ?? cases(100, 1_000));

const { database, origin, api, tenantId, readLater } = await inboundServed();

const count = async (query: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await database.outside((tx) => tx.rows(query as ReturnType<typeof sql<{ n: number }>>));
  return row?.n ?? 0;
};

/** Twilio signs whatever it sends. */
function signature({ target, contentType, body }: HeardCall): { target: string; signature: string } {
  const isForm = body.length === 0 || !contentType.includes('json');
  const digest = `bodySHA256=${twilioLibrary.getExpectedBodyHash(body as unknown as string)}`;
  const signed = isForm ? target : `${target === '' ? '?' : `${target}&`}${digest}`;
  const fields: Record<string, string[]> = {};
  if (isForm)
    for (const [name, value] of new URLSearchParams(body.toString('utf8'))) (fields[name] ??= []).push(value);
  const url = `${PUBLIC}/twilio/${SECRET}${signed}`;
  return { target: signed, signature: twilioLibrary.getExpectedTwilioSignature(TOKEN, url, fields) };
}

async function tell(caller: Caller, call: HeardCall): Promise<number> {
  const { target, signature: given } =
    caller === 'twilio' ? signature(call) : { target: call.target, signature: '' };
  const { status } = await fetch(`${origin}/${caller}/${SECRET}${target}`, {
    method: call.method,
    headers: { 'content-type': call.contentType, 'x-twilio-signature': given },
    ...(call.method !== 'GET' && { body: new Uint8Array(call.body) }),
  });
  return status;
}

const outcomes = async (caller: Caller): Promise<Record<string, number>> => {
  const found = await api.metrics.registry.getSingleMetric('bonheure_inbound_calls_total')?.get();
  const own = found?.values.filter(({ labels }) => labels['gateway'] === caller) ?? [];
  return Object.fromEntries(own.map(({ labels, value }) => [String(labels['outcome']), value]));
};

describe.each(CALLERS)('calls of %s, changed by a seed and some told twice,', (caller) => {
  const samples = samplesOf(caller);

  it('are answered, counted to the last one, and bar whoever can be seen to say STOP', async () => {
    const calls = Array.from({ length: CALLS }, (_none, place) => {
      const seed = place % 9 === 8 ? place - 1 : place;
      const sample = samples[seed % samples.length];
      if (sample === undefined) throw new Error('there is no sample');
      return mutated(sample.call, seed, `3369${CALLERS.indexOf(caller)}${String(1_000_000 + seed).slice(1)}`);
    });
    const unread = () =>
      count(sql`SELECT count(*)::int AS n FROM unread_delivery u JOIN gateway_account g ON g.id = u.account_id
                 WHERE g.name = ${caller} AND u.state = 'unread'`);
    const statuses = new Set<number>();
    for (let from = 0; from < calls.length; from += 8) {
      const some = await Promise.all(calls.slice(from, from + 8).map((call) => tell(caller, call)));
      for (const status of some) statuses.add(status);
    }
    expect([...statuses].filter((status) => ![202, 204].includes(status))).toEqual([]);
    await vi.waitFor(
      async () => {
        await readLater();
        expect(await count(sql`SELECT count(*)::int AS n FROM unread_delivery WHERE state = 'new'`)).toBe(0);
      },
      { timeout: 60_000, interval: 200 },
    );
    const { heard = 0, repeated = 0, unread: left = 0 } = await outcomes(caller);
    expect(heard + repeated + left).toBe(CALLS);
    expect(left).toBe(await unread());
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
            await tx.rows(sql<{ phone: string }>`SELECT encode(phone_index, 'hex') AS phone FROM suppression`)
          ).map(({ phone }) => phone),
        );
        return [...stops].filter((number) => !barred.has(keys.phoneIndex(number).toString('hex')));
      });
    await vi.waitFor(async () => expect(await free()).toEqual([]), { timeout: 30_000, interval: 200 });
  });
});
