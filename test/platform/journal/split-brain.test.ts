import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { journalDoubt } from '../../../src/platform/database/process.repository.ts';
import { Adoption } from '../../../src/platform/journal/adoption.ts';
import type { DrainDeps } from '../../../src/platform/journal/drain.ts';
import type { Journal } from '../../../src/platform/journal/journal.ts';
import { JournalKeeper } from '../../../src/operations/journal/journal-keeper.ts';
import { BEGINNING, folderOf, noteDrained } from '../../../src/platform/journal/process-folder.ts';
import { Replay } from '../../../src/platform/journal/replay.ts';
import { startLoop } from '../../../src/platform/loop.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aJournal, silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { aNeighbourhood, stopOf } from './neighbourhood.ts';

const { deps, world, phones, clock, watch, locked, acknowledgements } = await aNeighbourhood();
const holds = () => world.database.outside(journalDoubt);
const barred = async (phone: string): Promise<number> =>
  (await world.query('SELECT 1 FROM suppression WHERE phone_index = $1', [world.keys.phoneIndex(phone)]))
    .length;
const isKnown = async (processId: string): Promise<boolean> =>
  (await world.query('SELECT 1 FROM process WHERE id = $1', [processId])).length > 0;

async function aDisk(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'split-brain-'));
  onTestFinished(async () => {
    await world.query(`DELETE FROM process WHERE kind = 'api'`);
    await world.query('UPDATE instance SET seal_id = NULL');
    await rm(root, { recursive: true, force: true });
  });
  return root;
}

/** The database is another one from now on, for which somebody of this disk has replayed everything. */
async function failedOver(root: string, isReplayed = true): Promise<string> {
  const sealId = randomUUID();
  if (isReplayed)
    await writeFile(path.join(root, 'replayed.json'), JSON.stringify({ sealId, entries: 0, restored: 0 }));
  await world.query('UPDATE instance SET seal_id = $1', [sealId]);
  await world.query(`UPDATE process SET drained_at = NULL WHERE kind = 'api'`);
  return sealId;
}

/** Somebody says STOP to a process that commits it in the database of before, of which this one has nothing. */
async function elsewhere(journal: Journal, phone: string): Promise<void> {
  await journal.committed(await journal.write(stopOf(clock, world.accountId, phone)));
}

/** A process that went on in the database of before, said so on the disk, and left nothing behind there. */
async function aProcess(root: string): Promise<{ readonly journal: Journal; readonly processId: string }> {
  const processId = randomUUID();
  const journal = await aJournal(root, processId);
  await world.query(
    `INSERT INTO process (id, kind, started_at, seen_at, report) VALUES ($1, 'api', now(), now() - interval '1 minute', 1)`,
    [processId],
  );
  return { journal, processId };
}

/** It died. */
async function died(journal: Journal): Promise<void> {
  await journal.close();
  const signed = path.join(journal.folder.path, 'alive.json');
  const alive = JSON.parse(await readFile(signed, 'utf8')) as object;
  await writeFile(signed, JSON.stringify({ ...alive, startedAt: '0' }));
}

/** A process with a journal that reaches the database of now. */
async function aKeeper(
  root: string,
  about: Partial<Pick<DrainDeps, 'keys' | 'clock'>> = {},
): Promise<{
  readonly keeper: JournalKeeper;
  readonly goOn: () => () => Promise<void>;
}> {
  const open = (): Promise<Database> =>
    openDatabase({ url: world.appUrl, connections: 3, name: 'test-keeper' });
  const [database, reporting] = [await open(), await open()];
  onTestFinished(async () => void (await Promise.all([database.close(), reporting.close()])));
  const keeper = await JournalKeeper.open({
    ...deps,
    ...about,
    root,
    database,
    reporting,
    processId: randomUUID(),
    keptDays: 35,
    effective: () => undefined,
    lost: () => undefined,
  });
  await keeper.prepare();
  await keeper.work();
  await keeper.tell();
  const loop = (name: string, everyMs: number, work: () => Promise<unknown>) =>
    startLoop({ name, everyMs, work: () => work().then(() => false), log: silent });
  return {
    keeper,
    goOn: () => {
      const loops = [loop('tell', 500, () => keeper.tell()), loop('work', 250, () => keeper.work())];
      return async () => void (await Promise.all(loops.map((one) => one.stop())));
    },
  };
}

/** Counts entries that are read, by a clock that may be set forward. */
function aReader() {
  let [times, aheadMs] = [0, 0];
  return {
    times: () => times,
    later: (ms: number) => void (aheadMs += ms),
    clock: Object.assign(new ShiftedClock(), { monotonic: () => performance.now() + aheadMs }),
    keys: {
      current: deps.keys.current,
      of: (version: number) => {
        times += 1;
        return deps.keys.of(version);
      },
    },
  };
}

/** Nobody may be barred until the answer is called, or the test is over. */
async function aLock(): Promise<() => Promise<void>> {
  const unlock = await locked();
  let unlocking: Promise<void> | undefined;
  const once = (): Promise<void> => (unlocking ??= unlock());
  onTestFinished(once);
  return once;
}

describe('an opt-out that is in the database of before alone', () => {
  it('is drained by its process after another’s replay', async () => {
    const root = await aDisk();
    const before = await failedOver(root);
    const { keeper, goOn } = await aKeeper(root);
    const [phone = ''] = await phones(1);
    await elsewhere(keeper.journal, phone);
    await keeper.work();
    const drained = JSON.parse(
      await readFile(path.join(keeper.journal.folder.path, 'drained.json'), 'utf8'),
    ) as { sealId: string };
    expect(drained.sealId).toBe(before);
    const watched = await watch();
    const after = await failedOver(root);
    watched.acknowledged(phone);
    const stop = goOn();
    await expect.poll(holds).toBeUndefined();
    expect([await watched.stop(), await barred(phone)]).toEqual([[], 1]);
    await stop();
    await keeper.close();
    const done = `${keeper.journal.folder.path}.done`;
    expect(JSON.parse(await readFile(path.join(done, 'drained.json'), 'utf8'))).toMatchObject({
      sealId: after,
    });
  });

  it('is drained by another, acknowledged once', async () => {
    const root = await aDisk();
    const before = await failedOver(root);
    const { journal, processId } = await aProcess(root);
    const [known = '', owed = ''] = await phones(2);
    await elsewhere(journal, known);
    await noteDrained(journal.folder, journal.end, before);
    await journal.write(stopOf(clock, world.accountId, owed));
    await died(journal);
    await failedOver(root);
    const answered = await acknowledgements();
    await new Adoption({ ...deps, root, acknowledgesStop: () => false }).turn();
    expect([await barred(known), await barred(owed), await isKnown(processId)]).toEqual([1, 1, false]);
    expect((await acknowledgements()) - answered).toBe(1);
  });

  it('is not read again in the same database', async () => {
    const root = await aDisk();
    const sealId = await failedOver(root);
    const { journal } = await aProcess(root);
    const [phone = ''] = await phones(1);
    await elsewhere(journal, phone);
    await noteDrained(journal.folder, journal.end, sealId);
    await died(journal);
    await new Adoption({ ...deps, root }).turn();
    expect([await barred(phone), await holds()]).toEqual([0, undefined]);
  });

  /** Its process ended in good order where all of it was, and stands in the database of now still. */
  async function ended(root: string, phone: string): Promise<string> {
    const before = randomUUID();
    const { journal, processId } = await aProcess(root);
    await elsewhere(journal, phone);
    await noteDrained(journal.folder, journal.end, before);
    await journal.close();
    await rename(journal.folder.path, `${journal.folder.path}.done`);
    return processId;
  }

  it('is drained by any keeper after its end', async () => {
    const root = await aDisk();
    const sealId = await failedOver(root);
    const { keeper, goOn } = await aKeeper(root);
    const [phone = ''] = await phones(1);
    const processId = await ended(root, phone);
    const watched = await watch();
    watched.acknowledged(phone);
    const stop = goOn();
    await expect.poll(holds).toBeUndefined();
    expect([await watched.stop(), await barred(phone), await isKnown(processId)]).toEqual([[], 1, false]);
    await stop();
    const noted = await readFile(path.join(root, `${processId}.done`, 'drained.json'), 'utf8');
    expect(JSON.parse(noted)).toMatchObject({ sealId });
    await keeper.close();
  });

  it('closes the gate although its process is unknown', async () => {
    const root = await aDisk();
    await failedOver(root);
    const { keeper } = await aKeeper(root);
    const [phone = ''] = await phones(1);
    const processId = await ended(root, phone);
    await world.query('DELETE FROM process WHERE id = $1', [processId]);
    const unlock = await aLock();
    await keeper.work();
    await keeper.tell();
    expect([keeper.isDrained, keeper.held.length, typeof (await holds())]).toEqual([false, 1, 'string']);
    await unlock();
    await expect
      .poll(
        async () => {
          await keeper.work();
          return keeper.isDrained;
        },
        { interval: 250 },
      )
      .toBe(true);
    expect(await barred(phone)).toBe(1);
    await keeper.close();
  });

  it('is drained by a lone worker before deregistration', async () => {
    const root = await aDisk();
    await failedOver(root);
    const [phone = ''] = await phones(1);
    const processId = await ended(root, phone);
    const read = aReader();
    const worker = new Adoption({ ...deps, root, keys: read.keys, clock: read.clock });
    const unlock = await aLock();
    await worker.turn();
    expect([await barred(phone), await isKnown(processId)]).toEqual([0, true]);
    await unlock();
    // Not at each of its turns: it may be long.
    for (let turns = 0; turns < 3; turns += 1) await worker.turn();
    expect(read.times()).toBe(1);
    read.later(4_000);
    await worker.turn();
    expect([await barred(phone), await isKnown(processId)]).toEqual([1, false]);
  });

  it('is left alone while the database is away', async () => {
    const root = await aDisk();
    await failedOver(root);
    const read = aReader();
    const { keeper } = await aKeeper(root, read);
    const [phone = ''] = await phones(1);
    await ended(root, phone);
    read.later(4_000);
    await keeper.work();
    expect([keeper.isDrained, read.times()]).toEqual([true, 0]);
    await keeper.tell();
    await keeper.work();
    expect([keeper.isDrained, await barred(phone)]).toEqual([true, 1]);
    await keeper.close();
  });

  it('blocks no other journal when unreadable', async () => {
    const root = await aDisk();
    await failedOver(root);
    const { keeper } = await aKeeper(root);
    const [phone = '', owed = ''] = await phones(2);
    const done = `${await ended(root, phone)}.done`;
    await mkdir(path.join(root, done, '2099-01-01.0000.journal'));
    await keeper.journal.owe(await keeper.journal.write(stopOf(clock, world.accountId, owed)));
    await expect(keeper.work()).rejects.toThrow('EISDIR');
    await keeper.work();
    expect([await barred(owed), keeper.isDrained]).toEqual([1, false]);
    await keeper.close();
  });

  it.each(['the folder of that process', 'the folder of all'])(
    'is read once where %s takes no note',
    async (which) => {
      const root = await aDisk();
      await failedOver(root, false);
      const [phone = ''] = await phones(1);
      const processId = await ended(root, phone);
      const file =
        which === 'the folder of all' ? 'replayed.json' : path.join(`${processId}.done`, 'drained.json');
      await rm(path.join(root, file), { force: true });
      await mkdir(path.join(root, file));
      const read = aReader();
      const { keeper } = await aKeeper(root, read);
      for (let turns = 0; turns < 3; turns += 1) {
        read.later(4_000);
        await keeper.tell();
        await keeper.work();
      }
      expect([keeper.isDrained, await barred(phone), read.times()]).toEqual([true, 1, 1]);
      expect(await readdir(path.join(root, `${processId}.done`))).toHaveLength(3);
      await keeper.close();
    },
  );
});

describe('a process that ends without knowing that the database is another one', () => {
  it('leaves its journal and closes the gate meanwhile', async () => {
    const root = await aDisk();
    await failedOver(root);
    const { keeper } = await aKeeper(root);
    const { processId } = keeper.journal.folder;
    const [phone = ''] = await phones(1);
    await elsewhere(keeper.journal, phone);
    await failedOver(root);
    await keeper.close();
    expect([await isKnown(processId), (await readdir(root)).includes(processId)]).toEqual([true, true]);
    await died(keeper.journal);
    await new Adoption({ ...deps, root }).turn();
    expect([await barred(phone), await isKnown(processId)]).toEqual([1, false]);
  });
});

describe('what is brought in while the database changes', () => {
  it('is brought in from the beginning once more', async () => {
    const root = await aDisk();
    await failedOver(root);
    const { journal, processId } = await aProcess(root);
    const numbers = await phones(48);
    for (const phone of numbers) await journal.write(stopOf(clock, world.accountId, phone));
    await died(journal);
    let changing: Promise<string> | undefined;
    let readings = 0;
    const { current } = deps.keys;
    const adoption = new Adoption({
      ...deps,
      root,
      effective: () => {
        changing ??= failedOver(root);
      },
      keys: {
        current,
        of: (version) => {
          readings += 1;
          return deps.keys.of(version);
        },
      },
    });
    // Eight at a time: of those that follow, some meet another database.
    await expect(adoption.turn()).rejects.toThrow('another seal');
    const after = await changing;
    expect(await isKnown(processId)).toBe(true);
    readings = 0;
    await adoption.turn();
    expect([readings, await isKnown(processId)]).toEqual([numbers.length, false]);
    expect(await Promise.all(numbers.map((phone) => barred(phone)))).toEqual(numbers.map(() => 1));
    const noted = await readFile(path.join(root, `${processId}.done`, 'drained.json'), 'utf8');
    expect(JSON.parse(noted)).toMatchObject({ sealId: after });
  });

  it('is replayed for the new one during another', async () => {
    const root = await aDisk();
    const before = await failedOver(root, false);
    const { journal } = await aProcess(root);
    const [phone = ''] = await phones(1);
    await journal.write(stopOf(clock, world.accountId, phone));
    await journal.close();
    const nobody = { folder: folderOf(root, randomUUID()), answered: BEGINNING, until: BEGINNING };
    const replay = new Replay({ ...deps, root }, () => nobody);
    const first = replay.of(before).catch((error: unknown) => error);
    const after = await failedOver(root, false);
    const second = replay.of(after);
    await first;
    expect((await second).entries).toBe(1);
    const marker = await readFile(path.join(root, 'replayed.json'), 'utf8');
    expect(JSON.parse(marker)).toMatchObject({ sealId: after });
  });
});
