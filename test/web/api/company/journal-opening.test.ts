import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JournalEntry, JOURNAL_KEY } from '../../../../src/platform/journal/entry.ts';
import { Journal } from '../../../../src/platform/journal/journal.ts';
import { type Position, filesOf } from '../../../../src/platform/journal/process-folder.ts';
import { leaving, silent } from '../../../pure/platform/journal/journal-on-disk.ts';
import { served } from '../../server/served.ts';
import { aClient } from '../../../support/database.ts';

const { ask, admin, api, at, clock, journalFolder, ring, tenantId } = await served();
const superuser = await aClient(at.superUrl);

/** The journal of a process that died; whoever finds its folder takes it over. */
async function leftBehind(
  entries: readonly unknown[],
  harm?: (file: Buffer, places: readonly Position[]) => void,
) {
  const dead = await Journal.open({
    root: journalFolder,
    processId: randomUUID(),
    keys: ring.derived(JOURNAL_KEY),
    clock,
    log: silent,
    takeBack: () => Promise.resolve('owed'),
    lost: () => undefined,
  });
  const places: Position[] = [];
  // What another version wrote is no entry of ours.
  for (const entry of entries) places.push(await dead.write(entry as JournalEntry));
  await dead.close();
  const file = path.join(dead.folder.path, (await filesOf(dead.folder))[0] ?? '');
  const bytes = await readFile(file);
  harm?.(bytes, places);
  await writeFile(file, bytes);
  const alive = JSON.parse(await readFile(path.join(dead.folder.path, 'alive.json'), 'utf8'));
  await writeFile(path.join(dead.folder.path, 'alive.json'), JSON.stringify({ ...alive, startedAt: '0' }));
}

const alter = (file: Buffer, places: readonly Position[]): void => {
  const byte = (places[0]?.byte ?? 0) + 60;
  file.writeUInt8(file.readUInt8(byte) ^ 1, byte);
};
const aPerson = async (phone: string): Promise<string> => {
  const wording = await ask('POST', '/v1/contacts', { key: admin, body: { phone } });
  return wording.body.id;
};
const optOutEntryOf = (phone: string) => leaving(phone, tenantId);
const standing = async () => (await ask('GET', '/v1/journal', { key: admin })).body;
const opening = (key = admin) =>
  ask('POST', '/v1/journal/opening', { key, body: { reason: 'said by a test' } });
const ready = async () => (await ask('GET', '/readyz')).status;
const whyNot = async () => String((await ask('GET', '/readyz')).body.parts.journal);
const held = () => expect.poll(async () => (await standing()).places.length);
const barred = async (contactId: string) =>
  (await ask('GET', `/v1/suppressions?contactId=${contactId}`, { key: admin })).body.items.length;

describe('an entry that cannot be read', () => {
  it('is located, then lost once written off', async () => {
    await leftBehind([optOutEntryOf('+33639982001')], alter);
    await held().toBe(1);
    expect((await standing()).places[0]).toMatchObject({ why: 'damaged', kind: null, concerned: [] });
    expect(await whyNot()).toMatch(/is damaged: restore the file/);
    const opened = await opening();
    expect([opened.status, opened.body.places]).toEqual([
      200,
      [expect.objectContaining({ why: 'damaged', became: 'lost', entryId: null, concerned: [] })],
    ]);
    await expect.poll(ready).toBe(200);
  });

  it('of another version opts its people out', async () => {
    const contactId = await aPerson('+33639982002');
    await leftBehind([{ kind: 'unheard-of', tenantId, person: { phone: '+33639982002' } }]);
    await held().toBe(1);
    expect((await standing()).places[0].concerned).toEqual([{ tenantId, contactId }]);
    expect((await opening()).body.places).toEqual([
      expect.objectContaining({ became: 'barred', concerned: [{ tenantId, contactId }] }),
    ]);
    expect(await barred(contactId)).toBe(1);
    await expect.poll(ready).toBe(200);
  });
});

describe('an entry that can be read', () => {
  it('waits for a lock, then takes effect', async () => {
    const contactId = await aPerson('+33639982003');
    await superuser.query('BEGIN');
    await superuser.query('LOCK TABLE inbound IN SHARE ROW EXCLUSIVE MODE');
    const event = { kind: 'reply', identity: randomUUID(), from: '+33639982003', to: '36180', text: 'STOP' };
    const { reception } = optOutEntryOf('+33639982003');
    await leftBehind([{ kind: 'inbound', gateway: 'sandbox', accountId: randomUUID(), event, reception }]);
    await held().toBe(1);
    expect(await whyNot()).toMatch(/waits for a lock in the database: it goes on by itself/);
    const refused = await opening();
    expect([refused.status, refused.body.code]).toEqual([409, 'JOURNAL_READABLE']);
    expect(refused.body.places).toEqual([expect.objectContaining({ why: 'locked', kind: 'inbound' })]);
    // Refused, it has written nothing off: the gate waits for this entry still.
    expect((await standing()).places).toEqual([expect.objectContaining({ why: 'locked' })]);
    expect(await ready()).toBe(503);
    expect(await barred(contactId)).toBe(0);
    await superuser.query('ROLLBACK');
    await expect.poll(ready).toBe(200);
    expect(await barred(contactId)).toBe(1);
  });

  it('refused by the database blocks no other', async () => {
    const [contactId, other] = [await aPerson('+33639982004'), await aPerson('+33639982005')];
    await superuser.query(
      `ALTER TABLE consent_event ADD CONSTRAINT nothing_by_letter CHECK (channel <> 'letter') NOT VALID`,
    );
    await leftBehind([
      { ...optOutEntryOf('+33639982004'), channel: 'letter' },
      optOutEntryOf('+33639982005'),
    ]);
    await expect.poll(() => barred(other)).toBe(1);
    await held().toBe(1);
    expect(await whyNot()).toMatch(/is not taken by the database.*\(23514\)$/);
    const told = { why: 'refused', kind: 'leaving', concerned: [{ tenantId, contactId }] };
    expect((await standing()).places).toEqual([expect.objectContaining(told)]);
    expect((await opening()).body.places).toEqual([expect.objectContaining({ ...told, became: 'barred' })]);
    expect(await barred(contactId)).toBe(1);
    await expect.poll(ready).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const opened = items.findLast(({ action }: { action: string }) => action === 'journal.opened');
    expect(opened.details.places).toEqual([expect.objectContaining({ became: 'barred' })]);
    await superuser.query('ALTER TABLE consent_event DROP CONSTRAINT nothing_by_letter');
  });

  it('is shown with gateways in the reader’s language', async () => {
    await leftBehind([optOutEntryOf('+33639982006')], alter);
    await held().toBe(1);
    const said = async (language: string) =>
      (await ask('GET', '/v1/gateways', { key: admin, headers: { 'Accept-Language': language } })).body[0]
        .waitingFor;
    await expect
      .poll(() => said('fr'))
      .toMatchObject({
        code: 'JOURNAL_WAITS',
        text: expect.stringMatching(/^Le journal/),
      });
    expect(await said('en')).toMatchObject({ text: expect.stringMatching(/^The opt-out journal/) });
    await opening();
    await expect.poll(ready).toBe(200);
    await expect.poll(() => said('fr')).toBeNull();
    expect(api.journal.doubt()).toBeUndefined();
  });
});
