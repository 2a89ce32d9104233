import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { keyOf } from '../../../src/crypto/cipher.ts';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { journalDoubt, reportJournal } from '../../../src/platform/database/process.repository.ts';
import { Adoption } from '../../../src/platform/journal/adoption.ts';
import { applyEntry } from '../../../src/operations/journal/apply-entry.ts';
import { watchJournals } from '../../../src/main/journals.ts';
import { aJournal, keysOf, leaving, RING_KEY, silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { aFolder } from '../../support/after-file.ts';
import { aDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aWay } from '../../support/way.ts';
import { aStopWorld } from './stop-world.ts';

const root = await aFolder('bonheure-takeover-');
const { world, vault, clock, bars, holds, phoneOf } = await aStopWorld(
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
  apply: applyEntry,
};
const untilOpen = () => expect.poll(holds).toBeUndefined();

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
    reportJournal(tx, { id: processId, startedAt: at, at, report: 1, drained: null }),
  );
  return processId;
}

const journalsOf = async (): Promise<number> =>
  Number((await world.query(`SELECT count(*)::int AS n FROM process WHERE kind = 'api'`))[0]?.['n']);

/** A worker that looks after the journals of a folder. */
const aWatch = (folder: string, database: Database) =>
  watchJournals({
    config: { journalFolder: folder, gateways: [] },
    ring: new KeyRing([keyOf(1, RING_KEY)], 1),
    log: silent,
    clock,
    vault,
    database,
  });

describe('the journal of a dead process that two take over', () => {
  it('closes the gate until it is drained', async () => {
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

  it('is released by a process without a database', async () => {
    const folder = path.join(root, 'cut-off');
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    const processId = await leftBehind(folder, phone);
    const name = (await readdir(path.join(folder, processId))).find((one) => one.endsWith('.journal')) ?? '';
    const bytes = await readFile(path.join(folder, processId, name));
    const altered = Buffer.from(bytes);
    altered.writeUInt8(altered.readUInt8(60) ^ 1, 60);
    // It stays taken over, since a person has to decide.
    await writeFile(path.join(folder, processId, name), altered);
    let [now, isAnswered] = [0, true];
    const turned = Object.assign(new ShiftedClock(), { monotonic: () => now });
    const first = new Adoption({ ...deps, root: folder, clock: turned }, undefined, () => isAnswered);
    await first.turn();
    expect([first.isClear, first.holdsNothing, first.troubles.length]).toEqual([false, false, 1]);
    const claimed = (await readdir(folder)).find((one) => one.startsWith(`${processId}~`)) ?? '';
    await writeFile(path.join(folder, claimed, name), bytes);
    isAnswered = false;
    const other = new Adoption({ ...deps, root: folder, clock: turned });
    for (; now <= 7_000; now += 500) {
      first.keepAlive();
      await other.turn();
    }
    expect(await bars(phone)).toBe(1);
    first.keepAlive();
    expect(first.holdsNothing).toBe(true);
    await untilOpen();
  });

  it('is left alone without a database', async () => {
    const folder = path.join(root, 'hung');
    const batchId = await world.shard(1);
    const hung = await aWay();
    const { socketFolder } = inject('postgres');
    const url = world.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(hung.folder));
    const database = await openDatabase({ url, connections: 4, name: 'test-hung' });
    await Promise.all(Array.from({ length: 4 }, () => database.outside(journalDoubt)));
    const processId = await leftBehind(folder, await phoneOf(batchId, 0));
    hung.silence();
    const watch = aWatch(folder, database);
    const alone = new Adoption({ ...deps, root: folder, database }, undefined, () => false);
    await alone.turn();
    expect([await readdir(folder), alone.isClear, alone.holdsNothing]).toEqual([[processId], false, true]);
    // Somebody whom it answers finds the journal where it was left.
    const other = aWatch(folder, world.database);
    await untilOpen();
    expect(await readdir(folder)).toEqual([`${processId}.done`]);
    await other.stop();
    await hung.cut();
    hung.speak();
    await hung.mend();
    await watch.stop();
    await database.close();
  });
});
