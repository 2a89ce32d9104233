import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { keyOf } from '../../src/database/cipher.ts';
import { openDatabase, type Database } from '../../src/database/connection.ts';
import { KeyRing } from '../../src/database/key-ring.ts';
import { journalDoubt, reportJournal } from '../../src/database/process.repository.ts';
import { Adoption } from '../../src/journal/adoption.ts';
import { watchJournals } from '../../src/worker-journal.ts';
import { aJournal, keysOf, leaving, RING_KEY, silent } from '../pure/journal/journal-on-disk.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aWay } from '../support/way.ts';
import { aHearing } from './hearing.ts';

const root = await mkdtemp(path.join(tmpdir(), 'bonheure-takeover-'));
afterFile(() => rm(root, { recursive: true, force: true }));
const { world, vault, clock, bars, holds, phoneOf } = await aHearing(
  await aDatabase(),
  path.join(root, 'api'),
);
const deps = {
  keys: keysOf(RING_KEY),
  clock,
  vault,
  log: silent,
  database: world.database,
  acknowledgesStop: () => true,
};
const untilOpen = () => expect.poll(holds, { timeout: 25_000 }).toBeUndefined();

/** The journal of a process that died before its opt-out was in the database; its row holds the gate. */
async function leftBehind(folder: string, phone: string): Promise<string> {
  const processId = randomUUID();
  const dead = await aJournal(folder, processId);
  await dead.write(leaving(phone, world.tenantId));
  await dead.close();
  const signed = path.join(dead.folder.path, 'alive.json');
  const alive = JSON.parse(await readFile(signed, 'utf8')) as object;
  await writeFile(signed, JSON.stringify({ ...alive, startedAt: '0' }));
  const at = new Date().toISOString();
  await world.database.outside((tx) =>
    reportJournal(tx, { id: processId, startedAt: at, at, report: 1, drainedAtMs: null }),
  );
  return processId;
}

const journalsOf = async (): Promise<number> =>
  Number((await world.query(`SELECT count(*)::int AS n FROM process WHERE kind = 'api'`))[0]?.['n']);

/** A worker that looks after the journals of a folder, and how many signs it gave for one. */
function aWatch(folder: string, processId: string, database: Database) {
  const watch = watchJournals({
    config: { journalFolder: folder, gateways: [] },
    ring: new KeyRing([keyOf(1, RING_KEY)], 1),
    log: silent,
    clock,
    vault,
    database,
  });
  const seen = new Set<number>();
  return {
    stop: () => watch.stop(),
    signs: () => {
      for (const name of readdirSync(folder))
        if (name.startsWith(`${processId}~`))
          seen.add(statSync(path.join(folder, name, 'alive.json')).mtimeMs);
      return seen.size;
    },
  };
}

describe('the journal of a dead process that two take over', () => {
  it('holds the gate until whoever has it drains it', async () => {
    const folder = path.join(root, 'contested');
    const batchId = await world.shard(2);
    const phones = [await phoneOf(batchId, 0), await phoneOf(batchId, 1)] as const;
    const before = await journalsOf();
    const lost =
      [await leftBehind(folder, phones[0]), await leftBehind(folder, phones[1])].toSorted()[1] ?? '';
    // While the first is drained another process takes over the second.
    const slow = new Adoption({
      ...deps,
      root: folder,
      effective: () => {
        for (const name of readdirSync(folder))
          if (name.startsWith(`${lost}~`))
            renameSync(path.join(folder, name), path.join(folder, `${lost}~0000cafe`));
      },
    });
    await slow.turn();
    expect(await journalsOf()).toBe(before + 1);
    expect(await holds()).toBeDefined();
    let now = 0;
    const other = new Adoption({
      ...deps,
      root: folder,
      clock: Object.assign(new ShiftedClock(), { monotonic: () => now }),
    });
    for (; now <= 7_000; now += 500) await other.turn();
    expect(await Promise.all(phones.map((phone) => bars(phone)))).toEqual([1, 1]);
    await untilOpen();
    expect(await journalsOf()).toBe(before);
  });

  it('is signed while the database hangs', async () => {
    const folder = path.join(root, 'hung');
    const batchId = await world.shard(1);
    const hung = await aWay();
    const { socketFolder } = inject('postgres');
    const url = world.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(hung.folder));
    const database = await openDatabase({ url, connections: 4, name: 'test-hung' });
    await Promise.all(Array.from({ length: 4 }, () => database.outside(journalDoubt)));
    const processId = await leftBehind(folder, await phoneOf(batchId, 0));
    hung.silence();
    const watch = aWatch(folder, processId, database);
    await expect.poll(watch.signs, { timeout: 20_000 }).toBeGreaterThan(3);
    await hung.cut();
    hung.speak();
    await hung.mend();
    await untilOpen();
    await watch.stop();
    await database.close();
  });
});
