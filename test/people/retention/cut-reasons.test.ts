import { createSecretKey } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { linkChain } from '../../../src/people/evidence/chain.ts';
import { lockContacts, readContact } from '../../../src/people/contact/contact.repository.ts';
import { evidenceOf } from '../../../src/operations/evidence/evidence.ts';
import { evidenceKey } from '../../../src/operations/evidence/evidence-file.ts';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { receiveImport } from '../../../src/people/import/import-reception.ts';
import { removePerson } from '../../../src/people/retention/person-removal.repository.ts';
import { cleanTenant } from '../../../src/people/retention/retention.ts';
import { knownTenant } from '../../../src/web/server/caller.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { saveTenant } from '../../../src/company/tenant/tenant.repository.ts';
import { putPractice } from '../../../src/company/practices/practice.repository.ts';
import { cellsWith, everyCell } from '../../support/canary.ts';
import { aLedger } from '../evidence/ledger.ts';

const { test, database, shop, somebody, one, stop } = await aLedger();

const CANARY = 'suivi oncologie canari';
const ATTRIBUTES = { motif: CANARY, ville: 'Lyon' };
const EVIDENCE = { documentRef: 'BULL-9', motifConsultation: CANARY };

const clean = () =>
  cleanTenant(
    { database, clock: shop.clock, keysOf: () => Promise.resolve(shop.deps.keys) },
    { tenantId: shop.id, actor: 'system' },
  );

const settle = () => shop.within((tx) => linkChain(tx, 'consent'));

const cut = () => shop.tamper(`SELECT reasons_cut->>'stage' AS stage FROM tenant WHERE id = $1`, [shop.id]);

const sector = (name: string) => shop.tamper(`UPDATE tenant SET sector = $1 WHERE id = $2`, [name, shop.id]);

async function foundIn(ids: readonly string[]): Promise<string[]> {
  const people = await shop.within((tx) => lockContacts(tx, shop.deps.keys, ids));
  const keys = { tenant: shop.deps.keys, people: people.map(({ key }) => key), inbox: undefined };
  return cellsWith(await everyCell(test.superUrl), keys, [CANARY]).toSorted();
}

it('cuts the reasons earlier versions kept', async () => {
  const kept = await somebody({ attributes: ATTRIBUTES });
  await one(kept.id, { evidence: EVIDENCE });
  const gone = await somebody();
  await one(gone.id, { evidence: EVIDENCE });
  await stop(gone.phone, { evidence: { messageRef: 'mo-1', motif: CANARY } });
  await shop.within(async (tx) => {
    const [contact] = await lockContacts(tx, shop.deps.keys, [gone.id]);
    if (contact !== undefined) await removePerson(tx, shop.deps, contact);
  });
  await settle();
  expect(await foundIn([kept.id])).toEqual(['consent_proof.sealed', 'contact.sealed']);
  await clean();
  expect(await foundIn([kept.id])).toEqual(['consent_proof.sealed', 'contact.sealed']);

  await sector('health');
  await clean();
  expect(await foundIn([kept.id])).toEqual([]);
  const person = await shop.within((tx) => readContact(tx, shop.deps.keys, kept.id));
  expect(person?.person.attributes).toEqual({ ville: 'Lyon' });
  expect(await cut()).toEqual([{ stage: 'done' }]);
  const audited = await shop.tamper(
    `SELECT action, count(*)::int AS n FROM audit_entry WHERE action LIKE '%-cut' GROUP BY 1 ORDER BY 1`,
  );
  expect(audited).toEqual([
    { action: 'consent.proof-cut', n: 2 },
    { action: 'contact.reasons-cut', n: 1 },
  ]);
});

it('leaves the agreement, its digest and honest evidence', async () => {
  await sector('general');
  const { id } = await somebody();
  const granted = await one(id, { evidence: EVIDENCE });
  await settle();
  await clean();
  await sector('health');
  await clean();
  const deps = { ...shop.deps, signing: () => evidenceKey(createSecretKey(Buffer.alloc(32, 7)), shop.id) };
  const asked = { contactId: id, clear: false, madeAt: '2026-11-28T00:00:00Z' };
  const file = (await shop.within((tx) => evidenceOf(tx, deps, asked)))?.toString('latin1') ?? '';
  expect(file).toContain('cut-proofs.jsonl');
  expect(file).not.toContain(CANARY);
  expect(file).toContain('"proofKept":false');
  const eventId = granted?.kind === 'recorded' ? granted.eventId : '';
  expect(file).toMatch(new RegExp(String.raw`"eventId":"${eventId}","proof":"[^\n]*BULL-9`));
});

it('continues where stopped, restarts with a practice', async () => {
  await sector('general');
  await clean();
  expect(await cut()).toEqual([{ stage: null }]);
  const { id } = await somebody({ attributes: ATTRIBUTES });
  const practice = { externalId: 'p', name: 'P', displayName: 'P', sector: 'health' } as const;
  await shop.within((tx) => putPractice(tx, shop.deps, practice));
  await shop.within((tx) =>
    tx.run(sql`UPDATE tenant SET reasons_cut = '{"stage":"proofs","after":0}' WHERE id = ${shop.id}::uuid`),
  );
  await clean();
  expect(await foundIn([id])).toEqual(['contact.sealed']);
  await shop.within((tx) => tx.run(sql`UPDATE practice SET sector = NULL`));
  await shop.within((tx) => putPractice(tx, shop.deps, practice));
  await clean();
  expect(await foundIn([id])).toEqual([]);
});

it('keeps reasons out of an earlier file', async () => {
  await sector('general');
  const reception = { database, ...shop.deps, newId: () => uuidV7(Date.now()) };
  const options = {
    attributes: ['Motif', 'Ville'],
    keepUnproven: true,
    mapping: { Pourquoi: 'evidence.motif' },
  };
  const bytes = (async function* file() {
    yield Buffer.from(`Mobile;Motif;Ville;Pourquoi\n0639980042;${CANARY};Lyon;${CANARY}\n`);
  })();
  const upload = { bytes, kind: 'contacts', options, source: 'default', actor: 'key:test' } as const;
  const { id: importId } = await receiveImport(reception, upload);
  await sector('health');
  const keysOf = () => Promise.resolve(shop.deps.keys);
  await readImport({ database, clock: shop.clock, keysOf }, { tenantId: shop.id, importId });
  const people = await shop.tamper(`SELECT contact_id AS id FROM import_row WHERE import_id = $1`, [
    importId,
  ]);
  expect(people).toHaveLength(1);
  expect(await foundIn(people.map((row) => String(row['id'])))).toEqual([]);
});

it('restarts with a sector after a skipped night', async () => {
  await sector('health');
  await shop.within((tx) => tx.run(sql`UPDATE practice SET sector = NULL`));
  await clean();
  expect(await cut()).toEqual([{ stage: 'done' }]);
  const turn = (to: 'general' | 'health') =>
    shop.within(async (tx) => {
      await saveTenant(tx, { ...(await knownTenant(tx)), sector: to }, shop.clock.now().toISO());
    });
  await turn('general');
  const { id } = await somebody({ attributes: ATTRIBUTES });
  await turn('health');
  await clean();
  expect(await foundIn([id])).toEqual([]);
});
