import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { heapFlags } from '../src/embedded/our-process.ts';
import { Child } from './child.ts';
import { onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import type { PeerOrder } from './peers/peer.ts';
import { figure, keepResult } from './result.ts';
import { askOperator, sent } from './send.ts';
import { accountsIn, frozen, peopled } from './send-ground.ts';
import type { SendReport } from './send-worker.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const PEOPLE = asked('N', 100_000);
const IN_FLIGHT = asked('IN_FLIGHT', 1_000);
const LATENCY_MS = asked('LATENCY', 50);
/** Each round runs everybody once, in turn. */
const ROUNDS = asked('ROUNDS', 3);
const OURS = 'bonheure';
const PACKAGES = ['pg', 'undici', 'graphile-worker', 'pg-boss', 'bullmq'];

/** Messages a second and processor time a message, of one run. */
interface Outcome {
  readonly perSecond: number;
  readonly workerMicroseconds: number;
  readonly postgresMicroseconds: number;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A Redis that writes each second to its disk; undefined where none is installed. */
async function redis(): Promise<{ port: number; stop: () => Promise<void> } | undefined> {
  const [port, folder] = [await freePort(), await mkdtemp(path.join(tmpdir(), 'bench-redis-'))];
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--appendonly',
    'yes',
    '--save',
    '',
  ];
  const child: ChildProcess = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  const begun = await Promise.race([
    once(child.stdout ?? child, 'data').then(() => true),
    once(child, 'error').then(() => false),
  ]);
  if (!begun) return undefined;
  return {
    port,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A database with the rows that everybody else works on. */
async function freshRows({ own, urlOf }: Ground): Promise<void> {
  await own('DROP DATABASE IF EXISTS peers');
  await own('CREATE DATABASE peers');
  const client = new pg.Client({ connectionString: urlOf('peers') });
  await client.connect();
  await client.query(`
    CREATE TABLE outgoing (id int PRIMARY KEY, phone text NOT NULL, text text NOT NULL, state text NOT NULL, claimed_at timestamptz,
      sent_at timestamptz, provider_id text) WITH (fillfactor = 50)`);
  await client.query(
    `INSERT INTO outgoing SELECT n, '+336' || 10000000 + n, 'Maison Lumière : -20 % ce mois-ci en boutique, Camille ' || n || '. STOP 36180', 'ready'
       FROM generate_series(0, $1::int - 1) n`,
    [PEOPLE],
  );
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}

const outcomeOf = (report: SendReport, serverMs: number, people: number): Outcome => ({
  perSecond: (people * 1_000) / report.ms,
  workerMicroseconds: (report.cpuMs * 1_000) / people,
  postgresMicroseconds: (serverMs * 1_000) / people,
});

async function peerRun(ground: Ground, order: PeerOrder): Promise<Outcome> {
  await freshRows(ground);
  await askOperator(order.origin, '/forget');
  const child = new Child('send-peer.ts', order, heapFlags);
  await child.said();
  await ground.own('CHECKPOINT');
  const before = await ground.serverMs();
  const report = await child.go<SendReport>();
  const spent = (await ground.serverMs()) - before;
  const { distinct, doubles } = await askOperator(order.origin, '/figures');
  if (distinct !== PEOPLE || doubles > 0)
    process.stdout.write(`${order.peer}: ${distinct} people reached, ${doubles} of them twice\n`);
  await child.end('SIGKILL');
  return outcomeOf(report, spent, PEOPLE);
}

async function ourRun(ground: Ground, origin: string): Promise<Outcome> {
  const campaign = await frozen(ground);
  await askOperator(origin, '/forget');
  const run = await sent(ground, campaign, origin);
  const { states, tallied } = await accountsIn(ground, campaign);
  const open = PEOPLE - (states['accepted'] ?? 0) - (states['excluded'] ?? 0);
  if (!tallied || open !== 0 || run.counted.doubles !== 0)
    throw new Error(`our accounts do not close: ${JSON.stringify(states)}`);
  const [report] = run.reports;
  if (report === undefined) throw new Error('nobody sent');
  return outcomeOf(report, run.serverMs, run.counted.taken);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

function told(outcomes: ReadonlyMap<string, readonly Outcome[]>): Record<string, number> {
  const ours = median((outcomes.get(OURS) ?? []).map(({ perSecond }) => perSecond));
  const figures: Record<string, number> = {
    people: PEOPLE,
    inFlight: IN_FLIGHT,
    latencyMs: LATENCY_MS,
    rounds: ROUNDS,
  };
  for (const [name, all] of outcomes) {
    const rates = all.map(({ perSecond }) => perSecond);
    const worker = median(all.map((one) => one.workerMicroseconds));
    const postgres = median(all.map((one) => one.postgresMicroseconds));
    process.stdout.write(
      `${name}: ${figure(median(rates))} a second (${figure(Math.min(...rates))}–${figure(Math.max(...rates))}), ` +
        `worker ${worker.toFixed(0)} µs, PostgreSQL ${postgres.toFixed(0)} µs; ours is ${(ours / median(rates)).toFixed(2)} times that\n`,
    );
    figures[`${name} messagesPerSecond`] = Math.round(median(rates));
    figures[`${name} least`] = Math.round(Math.min(...rates));
    figures[`${name} most`] = Math.round(Math.max(...rates));
    figures[`${name} workerMicroseconds`] = Math.round(worker);
    figures[`${name} postgresMicroseconds`] = Math.round(postgres);
    figures[`${name} ratio`] = Number((ours / median(rates)).toFixed(2));
  }
  return figures;
}

async function measure(ground: Ground): Promise<void> {
  await peopled(ground, PEOPLE);
  const cache = await redis();
  if (cache === undefined) process.stdout.write('NO redis-server HERE: BullMQ IS NOT MEASURED.\n');
  const operator = new Child('send-operator.ts', { latencyMs: LATENCY_MS });
  const { origin } = await operator.said<{ origin: string }>();
  const peers = ['graphile-worker', 'pg-boss', 'pg', ...(cache === undefined ? [] : ['bullmq'])];
  const outcomes = new Map<string, Outcome[]>([OURS, ...peers].map((name) => [name, []]));
  const order = {
    databaseUrl: ground.urlOf('peers'),
    redisPort: cache?.port ?? 0,
    origin,
    people: PEOPLE,
    inFlight: IN_FLIGHT,
  };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      outcomes.get(OURS)?.push(await ourRun(ground, origin));
      for (const peer of peers) outcomes.get(peer)?.push(await peerRun(ground, { ...order, peer }));
    }
    await keepResult(`send-peers-${PEOPLE}-${IN_FLIGHT}`, told(outcomes), PACKAGES);
  } finally {
    await operator.end();
    await cache?.stop();
  }
}

/** The same durable work by others, beside ours with all the lawful work: `npm run bench -- send-peers`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine(...PACKAGES)}\n`);
  await onGround(measure);
}
