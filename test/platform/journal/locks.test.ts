import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { aFolder } from '../../support/after-file.ts';
import { NIGHT } from '../../support/cases.ts';
import { aDatabase } from '../../support/database.ts';
import { aStopWorld, type StopWorld } from './stop-world.ts';

const LOCKED_MS = 6_000;
/** Work goes on by itself within so long of a fault's end (I9). */
const GOES_ON_WITHIN_MS = 10_000;
/** Each with a database of its own, as many as there are tests at a time: a table that is locked takes no processor. */
const WORLDS = 8;

const root = await aFolder('bonheure-locks-');

interface HeldWorld extends StopWorld {
  readonly superUrl: string;
}

async function aWorld(name: string): Promise<HeldWorld> {
  const test = await aDatabase();
  return { superUrl: test.superUrl, ...(await aStopWorld(test, path.join(root, name))) };
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

/** Every table that a STOP meets from its call on, and those by which a gate is opened. */
async function tablesOfTheUrgentPath({
  world,
  touchedBy,
  phoneOf,
  say,
}: StopWorld): Promise<readonly string[]> {
  const batchId = await world.shard(1);
  const phone = await phoneOf(batchId, 0);
  const touched = await touchedBy(() => say(phone));
  return [...new Set(['process', 'instance', ...touched])].toSorted();
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

/** What bars, what keeps a call, and what a send reads last: the others are left to the night. */
const MOST_ASKED = new Set([
  'batch',
  'consent',
  'consent_event',
  'contact',
  'inbound',
  'instance',
  'kept_size',
  'message',
  'process',
  'reply',
  'suppression',
  'tenant',
  'unread_delivery',
]);

/** Acknowledged, effective, and sending goes on to everybody else. */
const WELL = { status: 204, states: { accepted: 2, excluded: 1 }, doubt: undefined };

describe.concurrent('a STOP while a table is locked for six seconds', () => {
  it('touches the tables that these tests lock', () => {
    expect(tables).toEqual(
      expect.arrayContaining([
        'consent_event',
        'contact',
        'inbound',
        'kept_size',
        'message',
        'reply',
        'suppression',
        'unread_delivery',
      ]),
    );
  });

  it.each(tables.filter((name) => MOST_ASKED.has(name)))(
    'holds, and sending goes on by itself: %s',
    async (name) => {
      expect(await whatHappens([name])).toEqual(WELL);
    },
  );
  it.each(tables.filter((name) => !MOST_ASKED.has(name)))(
    'holds, and sending goes on by itself: %s',
    NIGHT,
    async (name) => {
      expect(await whatHappens([name])).toEqual(WELL);
    },
  );

  it('holds when several are locked at once', async () => {
    expect(await whatHappens(['inbound', 'reply', 'suppression'])).toEqual(WELL);
  });

  it('holds when all are locked at once', async () => {
    expect(await whatHappens(tables)).toEqual(WELL);
  });
});
