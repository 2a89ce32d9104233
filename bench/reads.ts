import { setTimeout as pause } from 'node:timers/promises';
import { streamEvents as streamed } from '../src/main/cli/watch-line.ts';
import { aFlashSale, signedOnPaper } from '../test/support/flash-sale.ts';
import { anInstance, closes, type Instance, type ShownAccounts } from '../test/support/instance.ts';
import { Child } from './child.ts';
import { machine } from './machine.ts';
import { processorTime } from './processor-time.ts';
import { keepResult } from './result.ts';
import { eventsOf } from './temporal-events.ts';

/** People of the campaign that runs at full speed meanwhile. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 50_000);
/** Reads asked for in a second, evenly, whether those before are answered or not. */
const READS = Number(process.env['READS'] ?? 100);
const CONNECTIONS = 250;
/** People look at the API all day: it does not meet its first reader when a campaign runs. */
const WARM_MS = 3_000;
/** The sender is under way when so many have arrived. */
const UNDER_WAY = 1_000;

const phones = Array.from({ length: PEOPLE }, (_, turn) => `+33612${String(turn).padStart(6, '0')}`);

const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)) / 10;
};

const asked = async <T>(origin: string, path: string): Promise<T> =>
  (await (await fetch(`${origin}${path}`)).json()) as T;

/** What a back office and an operator look at while a campaign runs. */
async function pathsOf(instance: Instance, campaignId: string): Promise<readonly string[]> {
  const { body } = await instance.call('GET', `/v1/campaigns/${campaignId}/messages?limit=1`);
  const [message] = body['items'] as readonly { id: string }[];
  return [
    `/v1/campaigns/${campaignId}`,
    '/v1/campaigns?limit=20',
    `/v1/campaigns/${campaignId}/messages?limit=50`,
    `/v1/messages/${message?.id ?? ''}`,
    '/v1/gateways',
    '/v1/tenant',
    `/console/campaigns/${campaignId}`,
  ];
}

/** Somebody who signed in to the console, and may ask the API as well. */
async function aReader({ origin, key }: Instance): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${origin}/console/session`, {
    method: 'POST',
    body: new URLSearchParams({ key, next: '/console' }),
    headers: { origin },
    redirect: 'manual',
  });
  const [cookie = ''] = answer.headers.get('set-cookie')?.split(';') ?? [];
  return { cookie, authorization: `Bearer ${key}` };
}

/** Follows the campaign as a page does, to its end; answers the longest time without an event, in milliseconds. */
async function followed({ origin, key }: Instance, campaignId: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${origin}/v1/campaigns/${campaignId}/events`, { headers });
  if (!answer.ok || answer.body === null) throw new Error(`the events answered ${answer.status}`);
  let [longest, last] = [0, performance.now()];
  for await (const { event } of streamed(answer.body)) {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (event === 'ended') return longest;
  }
  throw new Error('the events ended before the campaign');
}

interface Read {
  readonly path: string;
  readonly at: number;
  readonly ms: number;
}

/** Who reads, and where. */
interface Reader {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function read({ origin, headers }: Reader, path: string): Promise<Read> {
  const began = performance.now();
  const answer = await fetch(`${origin}${path}`, { headers });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return { path, at: began, ms: performance.now() - began };
}

/** Reads at their pace until all that are owed a message have it. */
async function readWhile(
  reader: Reader,
  paths: readonly string[],
  isRunning: () => boolean,
): Promise<Read[]> {
  const reads: Promise<Read>[] = [];
  const began = performance.now();
  while (isRunning()) {
    reads.push(read(reader, paths[reads.length % paths.length] ?? ''));
    await pause(Math.max(0, began + (reads.length * 1_000) / READS - performance.now()));
  }
  return Promise.all(reads);
}

/** The campaign, once it leaves as fast as it goes. */
async function underWay(instance: Instance, count: () => Promise<number>): Promise<string> {
  await instance.moveClock('2027-03-30T09:30:00+02:00');
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
  while ((await count()) < UNDER_WAY) await pause(50);
  return campaignId;
}

interface Looked {
  readonly reads: readonly Read[];
  readonly sent: number;
  readonly seconds: number;
  readonly longestSilenceMs: number;
  /** Of a second that each process had of the machine, by its name. */
  readonly cores: Readonly<Record<string, number>>;
}

/** Looks at a campaign as people do, for as long as it leaves. */
async function looked(
  instance: Instance,
  count: () => Promise<number>,
  { paths, campaignId }: { readonly paths: readonly string[]; readonly campaignId: string },
): Promise<Looked> {
  const reader = { origin: instance.origin, headers: await aReader(instance) };
  const warmUntil = performance.now() + WARM_MS;
  await readWhile(reader, paths, () => performance.now() < warmUntil);
  const silence = followed(instance, campaignId);
  const before = await processorTime(instance);
  const [from, began] = [await count(), performance.now()];
  let [sent, seconds] = [from, 0];
  const counting = (async () => {
    while (sent < PEOPLE) {
      await pause(200);
      [sent, seconds] = [await count(), (performance.now() - began) / 1_000];
    }
  })();
  const reads = await readWhile(reader, paths, () => sent < PEOPLE);
  await counting;
  const after = await processorTime(instance);
  const cores = [...after].map(([name, spent]) => {
    const share = (spent - (before.get(name) ?? 0)) / seconds;
    return [`${name}Cores`, Number(share.toFixed(2))] as const;
  });
  const longestSilenceMs = Math.round(await silence);
  return { reads, sent: sent - from, seconds, longestSilenceMs, cores: Object.fromEntries(cores) };
}

function figuresOf({ reads, sent, seconds, longestSilenceMs, cores }: Looked, events: readonly number[]) {
  const took = reads.map(({ ms }) => ms);
  const all = events.reduce((sum, one) => sum + one, 0);
  return {
    people: PEOPLE,
    messagesPerSecond: Math.round(sent / seconds),
    reads: reads.length,
    readsPerSecond: Math.round(reads.length / seconds),
    readP50Ms: quantile(took, 0.5),
    readP99Ms: quantile(took, 0.99),
    readLongestMs: quantile(took, 1),
    longestSilenceMs,
    ...cores,
    temporalEvents: all,
    eventsPerThousand: Number(((all * 1_000) / PEOPLE).toFixed(1)),
    longestRunEvents: Math.max(...events),
  };
}

/** No figure is told of a campaign whose accounts do not close over everybody. */
async function refuseOpen(instance: Instance, campaignId: string): Promise<void> {
  const { body } = await instance.call('GET', `/v1/campaigns/${campaignId}`);
  const accounts = body['accounts'] as ShownAccounts;
  if (!closes(accounts) || accounts.accepted !== PEOPLE)
    throw new Error(`the accounts do not close: ${JSON.stringify(accounts)}`);
}

async function measure(instance: Instance, origin: string): Promise<void> {
  const count = () => asked<number>(origin, '/count');
  const campaignId = await underWay(instance, count);
  const paths = await pathsOf(instance, campaignId);
  const found = await looked(instance, count, { paths, campaignId });
  await refuseOpen(instance, campaignId);
  // Visibility follows what happened a moment later.
  await pause(3_000);
  const figures = figuresOf(found, await eventsOf(instance, campaignId));
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  if (process.env['SECONDS'] !== undefined) tellSeconds(found.reads);
  for (const path of paths) {
    const ms = found.reads.filter((one) => one.path === path).map((one) => one.ms);
    process.stdout.write(
      `  p50 ${quantile(ms, 0.5)}, p99 ${quantile(ms, 0.99)} ms ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}\n`,
    );
  }
  await keepResult('reads', figures, ['pg', '@temporalio/client']);
}

/** The slowest read of each second, where somebody wants to know when. */
function tellSeconds(reads: readonly Read[]): void {
  const first = reads[0]?.at ?? 0;
  const seconds = Map.groupBy(reads, ({ at }) => Math.floor((at - first) / 1_000));
  const slowest = [...seconds.values()].map((some) => Math.round(Math.max(...some.map(({ ms }) => ms))));
  process.stdout.write(`  slowest of each second, ms: ${slowest.join(' ')}\n`);
}

/** How soon the API answers while a campaign runs at full speed, and what that campaign costs Temporal. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', '@temporalio/client')}\n`);
  const operator = new Child('stop-operator.ts', {});
  const { origin } = await operator.said<{ origin: string }>();
  const carrier = { name: 'bench', kind: 'sandbox', stopCode: '36180', fake: true, default: true };
  const inboundSecret = 'a-secret-of-the-bench-and-of-nobody';
  const instance = await anInstance({
    gateways: [
      { ...carrier, baseUrl: origin, inboundSecret, connections: CONNECTIONS, ratePerSecond: 10_000 },
    ],
  });
  try {
    await measure(instance, origin);
  } finally {
    await instance.stop();
    await operator.end();
  }
}
