import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/connection.ts';
import { sendChunk } from '../../src/messages/chunk.ts';
import { takeReply } from '../../src/messages/take-reply.ts';
import { aDatabase } from '../support/database.ts';
import { aHearing, type Hearing } from './hearing.ts';

const LOCKED_MS = 6_000;
/** Work goes on by itself within so long of a fault's end (I9). */
const GOES_ON_WITHIN_MS = 10_000;
/** Each with a database of its own, as many as there are tests at a time: a table that is locked takes no processor. */
const WORLDS = 8;

const root = await mkdtemp(path.join(tmpdir(), 'bonheure-locks-'));
afterAll(() => rm(root, { recursive: true, force: true }));

interface HeldWorld extends Hearing {
  readonly superUrl: string;
}

async function aWorld(name: string): Promise<HeldWorld> {
  const test = await aDatabase();
  return { superUrl: test.superUrl, ...(await aHearing(test, path.join(root, name))) };
}

const first = await aWorld('0');
const free = [first];
for (let turn = 1; turn < WORLDS; turn += 1) free.push(await aWorld(String(turn)));

/** Nobody else has anything to do with the world meanwhile. */
async function alone<T>(work: (of: HeldWorld) => Promise<T>): Promise<T> {
  const taken = free.pop();
  if (taken === undefined) throw new Error('more tests at a time than worlds: see maxConcurrency');
  try {
    return await work(taken);
  } finally {
    free.push(taken);
  }
}

/** Every table that taking a STOP has a lock on when its transaction ends. */
async function tablesOfTheUrgentPath({
  clock,
  world,
  vault,
  database,
  phoneOf,
}: Hearing): Promise<readonly string[]> {
  const found = new Set<string>(['process', 'instance']);
  const watched: Pick<Database, 'outside'> = {
    outside: (work) =>
      database.outside(async (tx) => {
        const made = await work(tx);
        const rows = await tx.rows(sql<{ name: string }>`
          SELECT DISTINCT c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
           WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
             AND NOT c.relispartition`);
        for (const { name } of rows) found.add(name);
        return made;
      }),
  };
  const batchId = await world.shard(1);
  const event = {
    kind: 'reply' as const,
    identity: randomUUID(),
    from: await phoneOf(batchId, 0),
    to: '36180',
    text: 'STOP',
  };
  const at = clock.now().toISO();
  await takeReply(
    { database: watched, vault, clock, newId: randomUUID },
    { id: world.accountId, acknowledgesStop: false },
    { event, id: randomUUID(), receivedAt: at, simulated: false },
  );
  return [...found].toSorted();
}

const tables = await tablesOfTheUrgentPath(first);

/** Holds tables as a slow migration, a backup or a person with psql would. */
async function whileHeld<T>(
  superUrl: string,
  names: readonly string[],
  during: () => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: superUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${names.map((name) => `"${name}"`).join(', ')} IN ACCESS EXCLUSIVE MODE`);
    const [made] = await Promise.all([during(), pause(LOCKED_MS)]);
    return made;
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

const soon = (isSo: () => Promise<void>) => vi.waitFor(isSo, { timeout: GOES_ON_WITHIN_MS, interval: 50 });

/** Says STOP while tables are held; answers what became of everybody once nobody holds them any more. */
async function hearsDuring(
  names: readonly string[],
  { world, superUrl, journal, say, phoneOf, holds, bars }: HeldWorld,
) {
  const untilOpen = () => soon(async () => expect(await holds()).toBeUndefined());
  await untilOpen();
  const batchId = await world.shard(3);
  const phone = await phoneOf(batchId, 1);
  const status = await whileHeld(superUrl, names, () => say(phone));
  await soon(async () => expect(await bars(phone)).toBeGreaterThan(0));
  await untilOpen();
  // As its workflow does: where a late report holds the gate once more, it is asked to wait and comes again.
  await soon(async () => {
    await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });
    expect((await world.states(batchId))['ready']).toBeUndefined();
  });
  return { status, states: await world.states(batchId), doubt: journal.doubt() };
}

const whatHappens = (names: readonly string[]) => alone((world) => hearsDuring(names, world));

/** Acknowledged, effective, and sending goes on to everybody else. */
const WELL = { status: 204, states: { accepted: 2, excluded: 1 }, doubt: undefined };

describe.concurrent('a STOP while a table is locked for six seconds', () => {
  it('touches the tables that these tests lock', () => {
    expect(tables).toEqual(
      expect.arrayContaining(['consent_event', 'contact', 'inbound', 'message', 'reply', 'suppression']),
    );
  });

  it.each(tables.map((name) => [name]))('holds, and sending goes on by itself: %s', async (name) => {
    expect(await whatHappens([name])).toEqual(WELL);
  });

  it('holds when several are locked at once', async () => {
    expect(await whatHappens(['inbound', 'reply', 'suppression'])).toEqual(WELL);
  });

  it('holds when all of them are locked at once', async () => {
    expect(await whatHappens(tables)).toEqual(WELL);
  });
});
