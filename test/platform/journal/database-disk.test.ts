import { mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/settings/migrate.ts';
import { startPostgres } from '../../../src/main/embedded/postgres.ts';
import { afterFile } from '../../support/after-file.ts';
import { aSmallDisk, giveTo, mayMount } from '../../support/small-disk.ts';
import { aStopWorld, type StopWorld } from './stop-world.ts';
import { aQuickFolder } from '../../support/quick-folder.ts';
import { sendUnlessClosed } from '../../support/until-sent.ts';

const DATABASE = 't_small_disk';
const GOES_ON_WITHIN_MS = 15_000;

/** A cluster of its own: one that cannot write its pages fails the checkpoints of everybody in it. */
async function aClusterOnSmallDisk() {
  const folder = await aQuickFolder('cluster');
  const postgres = await startPostgres({ folder: path.join(folder, 'pg'), durable: false });
  afterFile(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const superUrl = postgres.url('postgres', 'postgres');
  await inside(superUrl, [`CREATE DATABASE ${DATABASE} OWNER bonheure`]);
  await migrate(postgres.url('bonheure', DATABASE));
  return {
    postgres,
    test: {
      name: DATABASE,
      ownerUrl: postgres.url('bonheure', DATABASE),
      appUrl: postgres.url('bonheure_app', DATABASE),
      superUrl: postgres.url('postgres', DATABASE),
    },
  };
}

async function inside(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe.runIf(mayMount)('a full disk under the database', async () => {
  if (!mayMount) return;
  const ofJournal = aSmallDisk('256k');
  const ofDatabase = aSmallDisk('4m');
  const { postgres, test } = await aClusterOnSmallDisk();
  const hearing: StopWorld = await aStopWorld(test, path.join(ofJournal.folder, 'journal'));
  const { world, journal, say, phoneOf, holds, bars } = hearing;

  const send = (batchId: string) =>
    sendUnlessClosed(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });
  const untilOpen = () => expect.poll(holds, { timeout: GOES_ON_WITHIN_MS }).toBeUndefined();

  /** Takes whatever room pages have left: rows of what comes in, ever smaller, until not one more goes in. */
  async function fillDatabase(): Promise<void> {
    ofDatabase.fill();
    for (const bytes of [7_000, 700, 70, 1])
      await expect(
        (async () => {
          for (let row = 0; row < 2_000; row += 1)
            await world.query(
              `INSERT INTO inbound (id, account_id, digest, sealed, reading, received_at, effective_at, settled_at, simulated)
               VALUES ($1::uuid, $2::uuid, sha256($1::uuid::text::bytea), decode(repeat('00', $3::int), 'hex'), 'other', now(), now(), now(), true)`,
              [randomUUID(), world.accountId, bytes],
            );
        })(),
      ).rejects.toMatchObject({ code: '53100' });
  }

  it('is made with a small separate disk', async () => {
    const place = path.join(ofDatabase.folder, 'pg');
    mkdirSync(place);
    const { uid } = statSync(path.join(postgres.folder, 'PG_VERSION'));
    for (const folder of [ofDatabase.folder, place]) giveTo(folder, uid);
    await inside(test.superUrl, [
      `CREATE TABLESPACE small LOCATION '${place}'`,
      'ALTER TABLE inbound SET TABLESPACE small',
      'ALTER TABLE inbound ALTER COLUMN sealed SET STORAGE PLAIN',
    ]);
    await untilOpen();
    expect(journal.doubt()).toBeUndefined();
  });

  it('still answers 2xx, and closes the gate', async () => {
    const batchId = await world.shard(3);
    const phone = await phoneOf(batchId, 1);
    await fillDatabase();
    expect(await say(phone)).toBe(204);
    await expect
      .poll(() => journal.doubt())
      .toMatch(/waits for the database: it goes on by itself \(53100\)/);
    expect(await holds()).toBeDefined();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 3 });
    ofDatabase.free();
    await expect.poll(() => bars(phone), { timeout: GOES_ON_WITHIN_MS }).toBe(1);
    await untilOpen();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2, excluded: 1 });
  });

  it('under the journal too answers 503, gate closed', async () => {
    const batchId = await world.shard(60);
    await fillDatabase();
    ofJournal.fill();
    const phones = await Promise.all(Array.from({ length: 60 }, (_, seq) => phoneOf(batchId, seq)));
    const told: string[] = [];
    let status = 204;
    // What the last page of the journal has room for is still taken.
    for (const phone of phones) {
      if (status !== 204) break;
      status = await say(phone);
      told.push(phone);
    }
    expect(status).toBe(503);
    expect(journal.doubt()).toMatch(/neither the database nor the opt-out journal could keep 1 opt-outs/);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 60 });
    ofDatabase.free();
    await untilOpen();
    // Also the one that was refused, though nobody repeated it.
    expect(await Promise.all(told.map(bars))).toEqual(told.map(() => 1));
    await send(batchId);
    expect(await world.states(batchId)).toMatchObject({ excluded: told.length });
    expect(journal.fault()).toBeDefined();
    ofJournal.free();
    await expect.poll(() => journal.fault(), { timeout: GOES_ON_WITHIN_MS }).toBeUndefined();
  });
});
