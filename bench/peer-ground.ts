import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { heapFlags } from '../src/main/embedded/processes.ts';
import { Child } from './child.ts';
import type { Ground } from './ground.ts';
import type { PeerOrder, Progress } from './peers/peer.ts';

/** The packages that peers are measured with. */
export const PEER_PACKAGES = ['pg', 'undici', 'graphile-worker', 'pg-boss', 'bullmq'];

const DATABASE = 'peers';
const LOOKS_EVERY_MS = 100;
/** The slowest peer takes a fifth of it for a thousand people. */
const LONGEST_MS_A_PERSON = 3;
const LONGEST_START_MS = 60_000;

/** A database with the rows that everybody else works on; answers its address. */
export async function peerRows({ own, urlOf }: Ground, people: number): Promise<string> {
  await own(`CREATE DATABASE ${DATABASE}`);
  const databaseUrl = urlOf(DATABASE);
  await within(databaseUrl, async (client) => {
    await client.query(`
    CREATE TABLE outgoing (id int PRIMARY KEY, phone text NOT NULL, text text NOT NULL, state text NOT NULL, claimed_at timestamptz,
      sent_at timestamptz, provider_id text) WITH (fillfactor = 50)`);
    await client.query(
      `INSERT INTO outgoing SELECT n, '+336' || 10000000 + n, 'Maison Lumière : -20 % ce mois-ci en boutique, Camille ' || n || '. STOP 36180', 'ready'
       FROM generate_series(0, $1::int - 1) n`,
      [people],
    );
  });
  return databaseUrl;
}

async function within(databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Its planner knows all that is queued, and nothing waits to be written. */
const settled = (databaseUrl: string): Promise<void> =>
  within(databaseUrl, async (client) => {
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });

/** What the processes of a peer share. */
export type SharedOrder = Omit<PeerOrder, 'worker'>;

/** The processes of one peer, each with its part of the calls; what they send is queued, and none has begun. */
export async function peerWorkers(order: SharedOrder): Promise<readonly Child[]> {
  const children: Child[] = [];
  for (let worker = 0; worker < order.workers; worker += 1) {
    const inFlight = Math.floor(order.inFlight / order.workers);
    const queues = order.queues && worker === 0;
    const child = new Child(
      'send-peer.ts',
      { ...order, worker, inFlight, queues },
      { flags: heapFlags('worker') },
    );
    await child.said();
    children.push(child);
  }
  if (order.queues) await settled(order.databaseUrl);
  return children;
}

/** Lets a peer go, and answers what each of its processes came to once everybody is handled. */
export async function handledBy(
  workers: readonly Child[],
  { peer, people }: Pick<PeerOrder, 'peer' | 'people'>,
): Promise<readonly Progress[]> {
  const until = performance.now() + LONGEST_START_MS + people * LONGEST_MS_A_PERSON;
  for (;;) {
    const told = await Promise.all(workers.map((worker) => worker.go<Progress>()));
    const handled = told.reduce((sum, one) => sum + one.handled, 0);
    if (handled >= people) return told;
    if (performance.now() > until) throw new Error(`${peer} handled ${handled} of ${people} and did not end`);
    await pause(LOOKS_EVERY_MS);
  }
}
