import { request, Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { aFlashSale, signedOnPaper } from '../test/support/flash-sale.ts';
import { anInstance, type Instance } from '../test/support/instance.ts';
import { Child } from './child.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

/** People of the campaign that runs at full speed meanwhile. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 20_000);
/** How many of them say STOP while it runs. */
const STOPS = Number(process.env['STOPS'] ?? 300);
/** What the operator takes a second, over so many connections. */
const RATE = Number(process.env['RATE'] ?? 1_000);
const CONNECTIONS = 100;
const EACH_MS = 40;
/** One STOP in so many is typed on a handset of the sandbox, whose page calls the same address. */
const BY_HANDSET = 4;
const SECRET = 'a-secret-of-the-bench-and-of-nobody';

const phones = Array.from({ length: PEOPLE }, (_, turn) => `+33612${String(turn).padStart(6, '0')}`);

/** One STOP: when it was called in and when the operator was answered, by the machine clock. */
interface Stop {
  readonly phone: string;
  readonly by: 'webhook' | 'handset';
  readonly tookMs: number;
  readonly answeredAt: number;
}

const agent = new Agent({ keepAlive: true });

/** The operator's own call to the inbound address; answers the status. */
function told(instance: Instance, phone: string, turn: number): Promise<number> {
  const event = {
    kind: 'reply',
    id: `bench-${turn}`,
    from: phone,
    text: 'STOP',
    at: new Date().toISOString(),
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const call = request(
    `${instance.origin}/v1/inbound/bench/${SECRET}`,
    { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
    (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
  );
  call.on('error', reject).end(JSON.stringify({ events: [event] }));
  return promise;
}

async function say(instance: Instance, turn: number): Promise<Stop> {
  const phone = phones[Math.floor(((turn + 0.5) * PEOPLE) / STOPS)] ?? '';
  const by = turn % BY_HANDSET === BY_HANDSET - 1 ? 'handset' : 'webhook';
  const began = performance.now();
  const isTaken =
    by === 'handset'
      ? (await instance.reply(phone, 'STOP')).status === 200
      : (await told(instance, phone, turn)) === 204;
  if (!isTaken) throw new Error('a STOP was not taken');
  return { phone, by, tookMs: performance.now() - began, answeredAt: Date.now() };
}

/** People spread over the whole audience say STOP one after the other. */
async function saySTOP(instance: Instance): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let turn = 0; turn < STOPS; turn += 1) {
    stops.push(await say(instance, turn));
    await pause(EACH_MS);
  }
  return stops;
}

const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN)) / 10;

const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other);

function delaysOf(stops: readonly Stop[], by: Stop['by']): Record<string, number> {
  const delays = sorted(stops.filter((stop) => stop.by === by).map(({ tookMs }) => tookMs));
  return {
    [`${by}: STOPs`]: delays.length,
    [`${by}: STOP to 2xx, p50 ms`]: quantile(delays, 0.5),
    [`${by}: STOP to 2xx, p99 ms`]: quantile(delays, 0.99),
    [`${by}: STOP to 2xx, longest ms`]: quantile(delays, 1),
  };
}

type Taken = readonly [to: string, atMs: number, text: string];
const asked = async <T>(origin: string, path: string): Promise<T> =>
  (await (await fetch(`${origin}${path}`)).json()) as T;

/** What arrived at the operator for people whose STOP it had been told was taken. */
async function lateArrivals(origin: string, stops: readonly Stop[]): Promise<number[]> {
  const answered = new Map(stops.map(({ phone, answeredAt }) => [phone, answeredAt]));
  const late = (await asked<Taken[]>(origin, '/taken'))
    .filter(([, , text]) => text.includes('-30 %'))
    .map(([to, at]) => at - (answered.get(to) ?? Number.POSITIVE_INFINITY));
  return sorted(late.filter((ms) => ms > 0));
}

/** From the reception of each STOP to the commit from which nothing could begin any more, as the api noted it. */
async function effects(instance: Instance): Promise<Record<string, number>> {
  const client = new Client({ connectionString: (await instance.run()).databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ ms: number }>(
    `SELECT (extract(epoch FROM effective_at - received_at) * 1000)::float8 AS ms FROM inbound`,
  );
  await client.end();
  const delays = sorted(rows.map(({ ms }) => ms));
  return {
    'reception to effect, p50 ms': quantile(delays, 0.5),
    'reception to effect, p99 ms': quantile(delays, 0.99),
    'reception to effect, longest ms': quantile(delays, 1),
  };
}

async function measure(instance: Instance, origin: string): Promise<void> {
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
  while ((await asked<number>(origin, '/count')) < 200) await pause(50);
  const [from, began] = [await asked<number>(origin, '/count'), performance.now()];
  const stops = await saySTOP(instance);
  const sent = ((await asked<number>(origin, '/count')) - from) / ((performance.now() - began) / 1_000);
  const late = await lateArrivals(origin, stops);
  const figures = {
    people: PEOPLE,
    'messages a second meanwhile': figure(sent),
    ...(await effects(instance)),
    ...delaysOf(stops, 'webhook'),
    ...delaysOf(stops, 'handset'),
    'arrived after the 2xx': late.length,
    'the latest of them, ms': late.at(-1) ?? 0,
  };
  process.stdout.write(`${JSON.stringify({ machine: machine('pg'), figures }, null, 2)}\n`);
  await keepResult('stop', figures);
}

/**
 * From STOP to the moment from which no submission can begin, while a campaign runs at full speed.
 *
 * The operator of the campaign has a process of its own, as it has in production. The effect is noted by the api
 * once the commit is known; the 2xx, which comes when all is done, is measured by whoever calls.
 */
export async function bench(): Promise<void> {
  const operator = new Child('stop-operator.ts', {});
  const { origin } = await operator.said<{ origin: string }>();
  const carrier = { kind: 'sandbox', stopCode: '36180', fake: true };
  const instance = await anInstance({
    gateways: [
      {
        ...carrier,
        name: 'bench',
        baseUrl: origin,
        inboundSecret: SECRET,
        ratePerSecond: RATE,
        connections: CONNECTIONS,
        default: true,
      },
      { ...carrier, name: 'sandbox' },
    ],
  });
  try {
    await measure(instance, origin);
  } finally {
    await instance.stop();
    await operator.end();
  }
}
