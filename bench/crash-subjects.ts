import pg from 'pg';
import type { Child } from './child.ts';
import type { Mark, MarkedRow } from './crash-count.ts';
import type { Ground } from './ground.ts';
import { peerRows, peerWorkers } from './peer-ground.ts';
import { redis } from './redis.ts';
import { accountsIn, frozen, peopled } from './send-ground.ts';
import { senders } from './senders.ts';

/** Where, and how many at once, somebody is to send. */
export interface Setting {
  readonly ground: Ground;
  readonly origin: string;
  readonly people: number;
  readonly inFlight: number;
}

/** Somebody who sends, dies of it, and is started again. */
export interface Subject {
  /** A process that sends whatever is left; it has begun. */
  readonly start: () => Promise<Child>;
  readonly rows: () => Promise<readonly MarkedRow[]>;
  /** Rows that have not come to an end. */
  readonly left: () => Promise<number>;
  /** Throws where its own books contradict its rows. */
  readonly close: () => Promise<void>;
}

const OUR_MARKS: Readonly<Record<string, Mark>> = {
  ready: 'ready',
  submitting: 'doubtful',
  uncertain: 'doubtful',
  accepted: 'sent',
  excluded: 'excluded',
};

/** Ours, with all the lawful work. */
export async function ourSubject({ ground, origin, people, inFlight }: Setting): Promise<Subject> {
  await peopled(ground, people);
  const campaign = await frozen(ground);
  const sending = { origin, people, inFlight, workers: 1, ratePerSecond: null };
  return {
    start: async () => {
      const [child] = senders(ground, campaign, sending);
      await child?.said();
      return begun(child);
    },
    rows: async () => {
      const rows = await ground.own(
        `SELECT 'msg_' || batch_id || '_' || seq AS reference, state::text FROM message`,
      );
      return rows.map(({ reference, state }) => ({
        reference: String(reference),
        mark: markOf(OUR_MARKS, String(state)),
      }));
    },
    left: async () => {
      const [row] = await ground.own(
        `SELECT count(*)::int AS n FROM message WHERE state IN ('ready', 'submitting', 'uncertain')`,
      );
      return Number(row?.['n']);
    },
    close: async () => {
      const { states, tallied } = await accountsIn(ground, campaign);
      if (!tallied) throw new Error(`our accounts do not close: ${JSON.stringify(states)}`);
    },
  };
}

const PEER_MARKS: Readonly<Record<string, Mark>> = { ready: 'ready', claimed: 'doubtful', sent: 'sent' };

/** A peer, with the same rows as in `send-peers`. */
export async function peerSubject(
  peer: string,
  { ground, origin, people, inFlight }: Setting,
): Promise<Subject> {
  const cache = peer === 'bullmq' ? await redis() : undefined;
  const databaseUrl = await peerRows(ground, people);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const order = { peer, databaseUrl, redisPort: cache?.port ?? 0, origin, people, inFlight, workers: 1 };
  let queues = true;
  return {
    start: async () => {
      const [child] = await peerWorkers({ ...order, queues });
      queues = false;
      return begun(child);
    },
    rows: async () => {
      const { rows } = await client.query<{ id: string; state: string }>(
        'SELECT id::text, state FROM outgoing',
      );
      return rows.map(({ id, state }) => ({ reference: id, mark: markOf(PEER_MARKS, state) }));
    },
    left: async () => {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM outgoing WHERE state <> 'sent'`,
      );
      return rows[0]?.n ?? 0;
    },
    close: async () => {
      await client.end();
      await cache?.stop();
    },
  };
}

function markOf(marks: Readonly<Record<string, Mark>>, state: string): Mark {
  const mark = marks[state];
  if (mark === undefined) throw new Error(`a message is ${state}`);
  return mark;
}

function begun(child: Child | undefined): Child {
  if (child === undefined) throw new Error('nobody sends');
  child.begin();
  return child;
}
