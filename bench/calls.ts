import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { aScene, roundOf, type Scene } from '../test/support/attacked.ts';
import { launched, OPERATOR_SECRET, seenOf, type Round, type Seen } from '../test/support/undisturbed.ts';
import type { Called, CallingOrder } from './calls-operator.ts';
import { Child } from './child.ts';
import { machine } from './machine.ts';
import { processorTime } from './processor-time.ts';
import { keepResult } from './result.ts';

/** Messages a second of the campaign that leaves meanwhile. */
const RATE = Number(process.env['RATE'] ?? 100);
/** Receipts of one minute, one a call. */
const A_MINUTE = Number(process.env['A_MINUTE'] ?? 10_000);
/** Receipts as fast as they are answered. */
const FLOOD = Number(process.env['FLOOD'] ?? 20_000);
const IN_FLIGHT = Number(process.env['IN_FLIGHT'] ?? 64);
/** People who say STOP as fast as they are answered. */
const EVERYBODY = Number(process.env['EVERYBODY'] ?? 1_000);
/** Calls of that account that nobody could read, which lie there already. */
const UNREAD = Number(process.env['UNREAD'] ?? 0);
const STOPS = Number(process.env['STOPS'] ?? 100);
const STOP_EVERY_MS = 250;
const READ_EVERY_MS = 1_000;
const MOMENT = '2027-03-30T14:30:00+02:00';
/** Enough that a round never comes to the end of its campaign. */
const PEOPLE = Math.ceil(RATE * 60 * 2) + 1_000;
const PACE = { people: PEOPLE, stops: STOPS, stopEveryMs: STOP_EVERY_MS, readEveryMs: READ_EVERY_MS };

function stopsOf(seen: Seen): Record<string, number> {
  const sorted = seen.stops.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);
  return {
    'messages a second': Math.round(seen.pace * 10) / 10,
    STOPs: sorted.length,
    'STOPs not answered by 2xx': seen.stops.filter(({ status }) => status !== 204).length,
    'STOPs without effect': seen.withoutEffect,
    'STOP to 2xx, p50 ms': at(0.5),
    'STOP to 2xx, p99 ms': at(0.99),
    'STOP to 2xx, longest ms': at(1),
    'last arrival after a 2xx, ms': seen.lateMs,
  };
}

/** What the calls of a round come to, and what one costs the processes that hear it. */
async function called(
  scene: Scene,
  order: Omit<CallingOrder, 'inbound' | 'operator'>,
): Promise<() => Promise<object>> {
  const { url, publicUrl } = await scene.instance.run();
  const origin = (publicUrl ?? url).replace('localhost', '127.0.0.1');
  const inbound = `${origin}/v1/inbound/operator/${OPERATOR_SECRET}`;
  const child = new Child('calls-operator.ts', { ...order, inbound, operator: scene.operator });
  await child.said();
  const before = await processorTime(scene.instance);
  const calling = child.go<Called>();
  return async () => {
    const { ms, statuses, p50Ms, p99Ms } = await calling;
    const after = await processorTime(scene.instance);
    await child.end();
    const spent = (name: 'public' | 'postgres' | 'worker'): number =>
      Math.round((((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1_000_000) / order.calls);
    return {
      calls: order.calls,
      'calls a second': Math.round((order.calls * 1_000) / ms),
      ...Object.fromEntries(Object.entries(statuses).map(([status, count]) => [`answered ${status}`, count])),
      'call to answer, p50 ms': p50Ms,
      'call to answer, p99 ms': p99Ms,
      'public server, µs a call': spent('public'),
      'postgres, µs a call, campaign included': spent('postgres'),
      'worker, µs a call, campaign included': spent('worker'),
    };
  };
}

/** From now until every reply had all its effects, and how long their bars took. */
async function settled({ instance }: Scene): Promise<Record<string, number>> {
  const began = performance.now();
  const client = new Client({ connectionString: (await instance.run()).databaseUrl });
  await client.connect();
  const ask = async (text: string): Promise<number> =>
    (await client.query<{ n: number }>(text)).rows[0]?.n ?? 0;
  while ((await ask('SELECT count(*)::int AS n FROM inbound WHERE settled_at IS NULL')) > 0) await pause(50);
  const settledMs = Math.round(performance.now() - began);
  const longest = await ask(
    `SELECT max(extract(epoch FROM effective_at - received_at) * 1000)::int AS n FROM inbound WHERE received_at > now() - interval '1 hour'`,
  );
  await client.end();
  return { 'the last settled after, ms': settledMs, 'reception to effect, longest ms': longest };
}

/** What nobody could read, as a long misunderstanding leaves it. */
async function leaveUnread({ instance }: Scene): Promise<void> {
  const client = new Client({ connectionString: (await instance.run()).databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO unread_delivery (id, account_id, digest, sealed, received_at, wire, state, size)
     SELECT gen_random_uuid(), a.id, sha256(convert_to(n::text, 'UTF8')), decode(repeat('00', 500), 'hex'), now(), 'http', 'unread', 500
       FROM gateway_account a, generate_series(1, $1::int) n WHERE a.name = 'operator'`,
    [UNREAD],
  );
  await client.end();
}

/**
 * What a call of an operator costs, and whether a flood of receipts holds up a STOP: `npm run bench -- calls`.
 *
 * A campaign leaves, its operator tells what became of each message by one call each, and people say STOP: without
 * receipts, with those of a busy minute, and with as many as are answered.
 */
export async function bench(): Promise<void> {
  const scene = await aScene(RATE);
  try {
    const round = (number: number): Round => roundOf(scene, number, PACE);
    await scene.instance.moveClock(MOMENT);
    if (UNREAD > 0) await leaveUnread(scene);
    const figures: Record<string, object> = {};
    const orders: [string, Omit<CallingOrder, 'inbound' | 'operator'> | undefined][] = [
      ['alone', undefined],
      ['busy minute', { tells: 'receipts', calls: A_MINUTE, perSecond: A_MINUTE / 60, inFlight: IN_FLIGHT }],
      ['flood', { tells: 'receipts', calls: FLOOD, inFlight: IN_FLIGHT }],
      ['everybody says STOP', { tells: 'stops', calls: EVERYBODY, inFlight: IN_FLIGHT }],
    ];
    const chosen = process.env['ROUNDS']?.split(',');
    for (const [place, [name, order]] of orders.entries()) {
      if (chosen?.includes(name) === false) continue;
      const campaign = await launched(round(place + 2));
      const over = order && (await called(scene, order));
      const seen = await seenOf(round(place + 2));
      const { 'STOPs without effect': without, ...stops } = stopsOf(seen);
      // Where others say STOP too, whoever is barred is counted with them.
      const effect = order?.tells === 'stops' ? {} : { 'STOPs without effect': without };
      figures[name] = { ...stops, ...effect, ...(await over?.()), ...(await settled(scene)) };
      await scene.instance.call('POST', `/v1/campaigns/${campaign}/cancel`, {});
    }
    process.stdout.write(`${JSON.stringify({ machine: machine('pg'), unread: UNREAD, figures }, null, 2)}\n`);
    const rows = Object.entries(figures).flatMap(([name, each]) =>
      Object.entries(each).map(([label, value]) => [`${name}: ${label}`, Number(value)] as const),
    );
    await keepResult(UNREAD === 0 ? 'calls' : `calls-${UNREAD}-unread`, Object.fromEntries(rows));
  } finally {
    await scene.close();
  }
}
