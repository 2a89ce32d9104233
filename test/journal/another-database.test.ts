import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../src/database/connection.ts';
import { Adoption } from '../../src/journal/adoption.ts';
import { JournalKeeper } from '../../src/journal/journal-keeper.ts';
import { noteDrained } from '../../src/journal/process-folder.ts';
import { takeReplies } from '../../src/worker-replies.ts';
import { aJournal } from '../pure/journal/journal-on-disk.ts';
import { aNeighbourhood, stopOf } from './neighbourhood.ts';

const { deps, world, phones, clock, locked } = await aNeighbourhood();
const barred = async (phone: string): Promise<number> =>
  (await world.query('SELECT 1 FROM suppression WHERE phone_index = $1', [world.keys.phoneIndex(phone)]))
    .length;
const sealed = (sealId: string | null) => world.query('UPDATE instance SET seal_id = $1', [sealId]);

/** A process that reports to the database of a seal. */
async function aKeeper(): Promise<JournalKeeper> {
  const root = await mkdtemp(path.join(tmpdir(), 'another-database-'));
  const open = (): Promise<Database> =>
    openDatabase({ url: world.appUrl, connections: 2, name: 'test-keeper' });
  const [database, reporting] = [await open(), await open()];
  const keeper = await JournalKeeper.open({
    ...deps,
    root,
    database,
    reporting,
    processId: randomUUID(),
    keptDays: 35,
    effective: () => undefined,
    lost: () => undefined,
  });
  onTestFinished(async () => {
    await keeper.close();
    await Promise.all([database.close(), reporting.close()]);
    await world.query('UPDATE instance SET seal_id = NULL');
    await rm(root, { recursive: true, force: true });
  });
  await keeper.prepare();
  await keeper.work();
  await keeper.tell();
  return keeper;
}

it('a STOP counts for nothing that a connection of before takes to another database: it is owed, and drained', async () => {
  const after = randomUUID();
  await sealed(after);
  const keeper = await aKeeper();
  const parts = { database: world.database, vault: deps.vault, clock, journal: keeper.journal };
  const account = { id: world.accountId, acknowledgesStop: true, name: 'sandbox' };
  const says = (phone: string): Promise<void> =>
    takeReplies(parts, account, [
      { kind: 'reply', identity: randomUUID(), from: phone, to: '36180', text: 'STOP' },
    ]);
  const [first = '', second = ''] = await phones(2);
  await says(first);
  expect([await barred(first), keeper.isDrained]).toEqual([1, true]);
  // The pool of that process still leads to the old primary, which takes writes.
  await sealed(randomUUID());
  await says(second);
  expect([await barred(second), keeper.isDrained]).toEqual([0, false]);
  await sealed(after);
  await keeper.work();
  expect([await barred(second), keeper.isDrained]).toEqual([1, true]);
});

it('a STOP that is committed in the new database waits until nobody is believed in the old one', async () => {
  const keeper = await aKeeper();
  const parts = { database: world.database, vault: deps.vault, clock, journal: keeper.journal };
  const account = { id: world.accountId, acknowledgesStop: true, name: 'sandbox' };
  const [phone = ''] = await phones(1);
  const began = performance.now();
  await keeper.tell();
  await sealed(randomUUID());
  await keeper.tell();
  await takeReplies(parts, account, [
    { kind: 'reply', identity: randomUUID(), from: phone, to: '36180', text: 'STOP' },
  ]);
  expect(await barred(phone)).toBe(1);
  expect(performance.now() - began).toBeGreaterThan(1_900);
});

it('an entry that waited for a lock is not confirmed by SMS again, where another database had it', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'another-database-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const journal = await aJournal(root);
  const [known = '', owed = ''] = await phones(2);
  await journal.write(stopOf(clock, world.accountId, known));
  await noteDrained(journal.folder, journal.end, randomUUID());
  await journal.write(stopOf(clock, world.accountId, owed));
  await journal.close();
  await rm(path.join(journal.folder.path, 'alive.json'));
  const acknowledgements = async (): Promise<number> =>
    Number((await world.query('SELECT count(*)::int AS n FROM acknowledgement'))[0]?.['n']);
  const answered = await acknowledgements();
  const adoption = new Adoption({ ...deps, root, acknowledgesStop: () => false });
  const unlock = await locked();
  await adoption.turn();
  expect([await barred(known), adoption.waits.length]).toEqual([0, 2]);
  await unlock();
  const look = async (): Promise<boolean> => {
    await adoption.turn();
    return adoption.holdsNothing;
  };
  await expect.poll(look, { interval: 100 }).toBe(true);
  expect([await barred(known), await barred(owed), (await acknowledgements()) - answered]).toEqual([1, 1, 1]);
});
