import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openApiJournal } from '../../src/api-journal.ts';
import { keyOf } from '../../src/database/cipher.ts';
import { openDatabase, type Database } from '../../src/database/connection.ts';
import { KeyRing } from '../../src/database/key-ring.ts';
import { journalDoubt } from '../../src/database/process.repository.ts';
import { Vault } from '../../src/database/vault.ts';
import { readGateways } from '../../src/gateway-account.ts';
import { answerErrors } from '../../src/http/answer-errors.ts';
import { inboundPort } from '../../src/http/inbound-port.ts';
import { inboundRouter } from '../../src/http/inbound.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { sendChunk } from '../../src/messages/chunk.ts';
import { takeReply } from '../../src/messages/take-reply.ts';
import { RING_KEY, silent } from '../pure/journal/journal-on-disk.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator } from '../support/operator.ts';
import { aSendWorld } from '../support/send-world.ts';

const LOCKED_MS = 6_000;
/** Work goes on by itself within so long of a fault's end (I9). */
const GOES_ON_WITHIN_MS = 10_000;

const clock = new ShiftedClock();
const test = await aDatabase();
const root = await mkdtemp(path.join(tmpdir(), 'bonheure-locks-'));
const operator = await anOperator(clock);
const world = await aSendWorld(test, operator, clock);
const vault = new Vault(new KeyRing([keyOf(1, world.ringKey)], 1));
const apiDatabase = await openDatabase({ url: test.appUrl, connections: 8, name: 'test-api', ahead: true });
const reserved = await openDatabase({ url: test.appUrl, connections: 2, name: 'test-stop', urgent: true });
const journal = await openApiJournal({
  config: { journalFolder: root, journalDays: 35, gateways: [] },
  databaseUrl: test.appUrl,
  processId: randomUUID(),
  ring: new KeyRing([keyOf(1, RING_KEY)], 1),
  log: silent,
  clock,
  vault,
  database: apiDatabase,
  metrics: new Metrics(),
});
const [account] = readGateways(undefined, { env: {}, used: () => undefined });
if (account === undefined) throw new Error('no sandbox is configured');
const port = inboundPort(
  { vault, clock, database: apiDatabase, reserved, journal: journal.optOuts, effective: () => undefined },
  [{ id: world.accountId, secret: 'secret', account, inboundUrl: '' }],
);
const server: Server = createServer(
  express().use('/v1/inbound', inboundRouter(port)).use(answerErrors(silent)),
);
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/inbound/${account.name}/secret`;

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await journal.close();
  await Promise.all([apiDatabase.close(), reserved.close()]);
  await world.close();
  await operator.stop();
  await rm(root, { recursive: true, force: true });
});

const say = (from: string) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      events: [
        { kind: 'reply', id: randomUUID(), at: '2026-11-24T10:00:00Z', from, to: '36180', text: 'STOP' },
      ],
    }),
  });

async function phoneOf(batchId: string, seq: number): Promise<string> {
  const [row] = await world.query(
    `SELECT c.id, c.sealed, y.wrapped FROM message m JOIN contact c ON c.id = m.contact_id JOIN contact_key y ON y.contact_id = c.id WHERE m.batch_id = $1 AND m.seq = $2`,
    [batchId, seq],
  );
  const sealed = { sealed: row?.['sealed'] as Buffer, wrapped: row?.['wrapped'] as Buffer };
  return (world.keys.openPerson(String(row?.['id']), sealed) as { phone: string }).phone;
}

/** Every table that taking a STOP has a lock on when its transaction ends. */
async function tablesOfTheUrgentPath(): Promise<readonly string[]> {
  const found = new Set<string>(['process', 'instance']);
  const watched: Pick<Database, 'outside'> = {
    outside: (work) =>
      apiDatabase.outside(async (tx) => {
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

const tables = await tablesOfTheUrgentPath();

/** Holds tables as a slow migration, a backup or a person with psql would. */
async function whileHeld<T>(names: readonly string[], during: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: test.superUrl });
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

const holds = () => world.database.outside(journalDoubt);
const untilOpen = () => expect.poll(holds, { timeout: GOES_ON_WITHIN_MS }).toBeUndefined();

/** Says STOP while tables are held; answers what became of everybody once nobody holds them any more. */
async function hearsDuring(names: readonly string[]) {
  await untilOpen();
  const batchId = await world.shard(3);
  const phone = await phoneOf(batchId, 1);
  const status = await whileHeld(names, async () => (await say(phone)).status);
  const index = world.keys.phoneIndex(phone);
  const bars = async () =>
    (await world.query('SELECT count(*)::int AS n FROM suppression WHERE phone_index = $1', [index]))[0]?.[
      'n'
    ];
  await expect.poll(bars, { timeout: GOES_ON_WITHIN_MS }).toBeGreaterThan(0);
  await untilOpen();
  await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });
  return { status, states: await world.states(batchId), doubt: journal.optOuts.doubt() };
}

/** Acknowledged, effective, and sending goes on to everybody else. */
const WELL = { status: 204, states: { accepted: 2, excluded: 1 }, doubt: undefined };

describe('a STOP while a table is locked for six seconds', () => {
  it('touches the tables that these tests lock', () => {
    expect(tables).toEqual(
      expect.arrayContaining(['consent_event', 'contact', 'inbound', 'message', 'reply', 'suppression']),
    );
  });

  it.each(tables.map((name) => [name]))('holds, and sending goes on by itself: %s', async (name) => {
    expect(await hearsDuring([name])).toEqual(WELL);
  });

  it('holds when several are locked at once', async () => {
    expect(await hearsDuring(['inbound', 'reply', 'suppression'])).toEqual(WELL);
  });

  it('holds when all of them are locked at once', async () => {
    expect(await hearsDuring(tables)).toEqual(WELL);
  });
});
