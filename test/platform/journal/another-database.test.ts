import { createSecretKey, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OptOutTokens } from '../../../src/person/opt-out-link.ts';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { press } from '../../../src/web/public/opt-out-press.ts';
import { Adoption } from '../../../src/platform/journal/adoption.ts';
import { JournalKeeper } from '../../../src/operations/journal/journal-keeper.ts';
import { noteDrained } from '../../../src/platform/journal/process-folder.ts';
import { takeReplies } from '../../../src/gateways/receiving/receive-on-connection.ts';
import { aJournal } from '../../pure/platform/journal/journal-on-disk.ts';
import { aNeighbourhood, stopOf } from './neighbourhood.ts';

const { deps, world, phones, clock, locked, acknowledgements } = await aNeighbourhood();
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

const partsOf = ({ journal }: JournalKeeper) => ({
  database: world.database,
  reserved: world.database,
  vault: deps.vault,
  clock,
  journal,
  effective: () => undefined,
});
const told = (keeper: JournalKeeper, phone: string): Promise<void> =>
  takeReplies(partsOf(keeper), { id: world.accountId, acknowledgesStop: true, name: 'sandbox' }, [
    { kind: 'reply', identity: randomUUID(), from: phone, to: '36180', text: 'STOP' },
  ]);

/** An operator calls. */
function called(keeper: JournalKeeper, body: string) {
  const [account] = readGateways(undefined, { env: {}, used: () => undefined });
  if (account === undefined) throw new Error('no sandbox is configured');
  const port = inboundPort({ ...partsOf(keeper), metrics: new Metrics() }, [
    { id: world.accountId, secret: 'secret', account, inboundUrl: '' },
  ]);
  const listened = port.accountNamed(account.name);
  if (listened === undefined) throw new Error('nobody listens');
  const head = { method: 'POST', target: '', contentType: 'application/json', contentEncoding: '' };
  return port.receive(listened, { ...head, body: Buffer.from(body) });
}
const wrote = (from: string, text: string): string =>
  JSON.stringify({
    events: [{ kind: 'reply', id: randomUUID(), at: '2026-11-24T10:00:00Z', from, to: '36180', text }],
  });

async function pressed(keeper: JournalKeeper, phone: string): Promise<unknown> {
  const index = world.keys.phoneIndex(phone);
  const [contact] = await world.query('SELECT id FROM contact WHERE phone_index = $1', [index]);
  const link = { contactId: String(contact?.['id']), purpose: 'marketing' as const, year: 2026 };
  const tokens = new OptOutTokens(createSecretKey(Buffer.alloc(32)));
  return press({ ...partsOf(keeper), tokens }, { link, asked: 'everything', by: 'page' });
}

it.each<[string, (keeper: JournalKeeper, phone: string) => Promise<unknown>, string]>([
  ['a STOP over SMPP', told, 'suppression'],
  ['a STOP in a call', (keeper, phone) => called(keeper, wrote(phone, 'STOP')), 'suppression'],
  ['a reply in a call', (keeper, phone) => called(keeper, wrote(phone, 'Merci')), 'inbound'],
  ['a call that nobody can read', (keeper) => called(keeper, randomUUID()), 'unread_delivery'],
  ['a press of a link', pressed, 'suppression'],
])('%s in another database is owed, then drained', async (_, leave, table) => {
  const kept = async () => (await world.query(`SELECT 1 FROM ${table}`)).length;
  const before = await kept();
  const after = randomUUID();
  await sealed(after);
  const keeper = await aKeeper();
  const [first = '', second = ''] = await phones(2);
  await leave(keeper, first);
  expect([await kept(), keeper.isDrained]).toEqual([before + 1, true]);
  // The pool of that process still leads to the old primary, which takes writes.
  await sealed(randomUUID());
  await leave(keeper, second);
  expect([await kept(), keeper.isDrained]).toEqual([before + 1, false]);
  await sealed(after);
  await keeper.work();
  expect([await kept(), keeper.isDrained]).toEqual([before + 2, true]);
});

it('a STOP committed anew awaits the old gate', async () => {
  const keeper = await aKeeper();
  const [phone = ''] = await phones(1);
  const began = performance.now();
  await keeper.tell();
  await sealed(randomUUID());
  await keeper.tell();
  await told(keeper, phone);
  expect(await barred(phone)).toBe(1);
  expect(performance.now() - began).toBeGreaterThan(1_900);
});

// It must not be confirmed by SMS again.
it('an entry known elsewhere is acknowledged only once', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'another-database-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const journal = await aJournal(root);
  const [known = '', owed = ''] = await phones(2);
  await journal.write(stopOf(clock, world.accountId, known));
  await noteDrained(journal.folder, journal.end, randomUUID());
  await journal.write(stopOf(clock, world.accountId, owed));
  await journal.close();
  await rm(path.join(journal.folder.path, 'alive.json'));
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

it('an owed STOP suppresses before its other effects', async () => {
  const keeper = await aKeeper();
  const people = await phones(12);
  for (const phone of people)
    await keeper.journal.owe(await keeper.journal.write(stopOf(clock, world.accountId, phone)));
  const replies = async (): Promise<number> => (await world.query('SELECT 1 FROM reply')).length;
  const before = await replies();
  await keeper.work();
  expect(await Promise.all(people.map(barred))).toEqual(people.map(() => 1));
  expect(keeper.isDrained).toBe(true);
  await expect.poll(replies).toBe(before + people.length);
});
