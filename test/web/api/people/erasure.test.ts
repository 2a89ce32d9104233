import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { eraseTraces } from '../../../../src/operations/erasure/erasure.ts';
import { IndexMove } from '../../../../src/rotation/key-rotation.ts';
import { announceIndexKey } from '../../../../src/rotation/key-rotation.repository.ts';
import { personKey } from '../../../../src/crypto/tenant-keys.ts';
import { takeReply } from '../../../../src/sending/replies/take-reply.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { anImport } from '../../../people/import/importing.ts';
import { cellsWith, everyCell, type Keys } from '../../../support/canary.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, api, database, at, tenantId, logged, anotherTenant, ring } = await served({
  lawAt: '2026-11-24T10:00:00+01:00',
});
const post = (path: string, body: unknown, key = admin): Promise<Reply> => ask('POST', path, { key, body });
const remove = (id: string, key = admin): Promise<Reply> => ask('DELETE', `/v1/contacts/${id}`, { key });
const certificateOf = async (id: string): Promise<Reply> => ask('GET', `/v1/erasures/${id}`, { key: admin });

const keysOf = () => database.withTenant(tenantId, (tx) => api.vault.tenant(tx));
const finish = (erasureId: string) =>
  eraseTraces({ database, clock: api.clock, keysOf, journalDays: 35 }, { tenantId, erasureId });

const words = 'J’accepte les offres de Ma société par SMS, et je peux répondre STOP.';
const wordingId = (await post('/v1/wordings', { purpose: 'marketing', text: words })).body.id;
const agreed = (phone: string, documentRef: string, grantedAt = '2026-03-04T10:00:00+01:00') =>
  post('/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId,
    method: 'paper',
    grantedAt,
    evidence: { documentRef },
  });

const PHONE = '0639981234';
const E164 = '+33639981234';
const CANARIES = ['639981234', '6 39 98 12 34', 'Zéphyrine', 'Canarimont', 'Passez plutôt mardi'];

/** A person of whom something lies in every place that may hold something. */
async function aPersonEverywhere(): Promise<string> {
  const attributes = { firstName: 'Zéphyrine', lastName: 'Canarimont', ville: 'Besançon' };
  const { body } = await ask('POST', '/v1/contacts', {
    key: admin,
    body: { phone: PHONE, attributes, birthDate: '1980-02-03' },
    headers: { 'Idempotency-Key': 'a-person-everywhere' },
  });
  await agreed(PHONE, 'B-77');
  await agreed(PHONE, 'Bulletin de Mme Canarimont');
  await ask('PUT', '/v1/appointments/RDV-9', {
    key: admin,
    body: {
      contact: { phone: PHONE },
      person: { ref: 'P-9', firstName: 'Zéphyrine', lastName: 'Canarimont' },
      startsAt: '2027-06-10T10:00:00+02:00',
      practice: 'Cabinet Canarimont',
      consent: {
        method: 'oral',
        grantedAt: '2026-11-01T10:00:00+01:00',
        wording: 'Rappels par SMS du cabinet.',
      },
    },
  });
  const shop = {
    id: tenantId,
    clock: api.clock,
    deps: { keys: await keysOf(), clock: api.clock },
    within: <T>(work: Parameters<typeof database.withTenant<T>>[1]) => database.withTenant(tenantId, work),
  } as unknown as Parameters<typeof anImport>[0]['shop'];
  const rows = ['phone;prenom;nom', '06 39 98 12 34;Zéphyrine;Canarimont'];
  await anImport(
    { database, shop },
    (async function* () {
      yield Buffer.from(`${rows.join('\n')}\n`);
    })(),
  );
  const [account] = await database.outside((tx) =>
    tx.rows(sql<{ id: string }>`SELECT id FROM gateway_account`),
  );
  const taking = { database, vault: api.vault, clock: api.clock, newId: () => uuidV7(api.clock.machine()) };
  for (const text of ['Passez plutôt mardi', 'CONTACT'])
    await takeReply(
      taking,
      { id: account?.id ?? '', acknowledgesStop: false },
      {
        event: { kind: 'reply', identity: `canary ${text}`, from: E164, to: '36180', text } as never,
        id: uuidV7(api.clock.machine()),
        receivedAt: api.clock.now().toISO(),
        simulated: false,
      },
    );
  return body.id;
}

async function allKeys(contactId: string): Promise<Keys> {
  const tenant = await keysOf();
  const [row] = await database.withTenant(tenantId, (tx) =>
    tx.rows(sql<{ wrapped: Buffer }>`SELECT wrapped FROM contact_key WHERE contact_id = ${contactId}::uuid`),
  );
  const inbox = await database.outside((tx) => api.vault.instanceKey(tx, 'inbox', api.clock.now().toISO()));
  return { tenant, people: row === undefined ? [] : [personKey(tenant, contactId, row.wrapped)], inbox };
}

describe('somebody erased', () => {
  it('is nowhere any more under any key', async () => {
    const id = await aPersonEverywhere();
    const keys = await allKeys(id);
    const before = cellsWith(await everyCell(at.superUrl), keys, CANARIES);
    expect(before).toEqual(
      expect.arrayContaining([
        'contact.sealed',
        'consent_proof.sealed',
        'reply.sealed',
        'acknowledgement.sealed',
        'rejected_row.sealed',
        'reminder_series.sealed',
        'idempotency_key.answer',
      ]),
    );
    const { status, body } = await remove(id);
    expect([status, body.state]).toEqual([202, 'running']);
    expect((await finish(String(body.id))).kind).toBe('done');
    expect(cellsWith(await everyCell(at.superUrl), keys, CANARIES)).toEqual([]);
    for (const canary of CANARIES) expect(logged()).not.toContain(canary);
    const metrics = await ask('GET', '/metrics');
    for (const canary of CANARIES) expect(metrics.text).not.toContain(canary);
    const done = (await certificateOf(String(body.id))).body;
    expect(done.state).toBe('done');
    expect((await finish(String(body.id))).kind).toBe('done');
    expect((await certificateOf(String(body.id))).body).toEqual(done);
    const lines = done.certificate.removed as { readonly what: string; readonly count: number }[];
    const removed = Object.fromEntries(lines.map(({ what, count }) => [what, count]));
    expect(removed).toMatchObject({ profile: 1, replies: 2, answers: 1, bookings: 1, rejectedRows: 1 });
    const kept = done.certificate.kept.map(({ what, ruleId }: Record<string, string>) => [what, ruleId]);
    expect(kept).toEqual(
      expect.arrayContaining([
        ['suppression', 'RET-02'],
        ['event', 'RET-05'],
      ]),
    );
    expect((await ask('GET', `/v1/contacts/${id}`, { key: admin })).status).toBe(404);
    const { body: verified } = await ask('GET', '/v1/audit/verification', { key: admin });
    expect(verified.holds).toBe(true);
  });

  it('is nowhere after an index key change', async () => {
    const keys = await allKeys('00000000-0000-7000-8000-000000000000');
    const fingerprints = async (): Promise<string[]> =>
      (await everyCell(at.superUrl)).flatMap(({ column, value }) =>
        column === 'phone_index' && Buffer.isBuffer(value) ? [value.toString('hex')] : [],
      );
    const before = await fingerprints();
    await database.withTenant(tenantId, (tx) => announceIndexKey(tx, ring, api.clock.now().toISO()));
    await api.vault.renew(database);
    await new IndexMove({ database, vault: api.vault, clock: api.clock }).turn(0);
    await api.vault.renew(database);
    expect(before.length).toBeGreaterThan(0);
    expect((await fingerprints()).filter((one) => before.includes(one))).toEqual([]);
    expect(cellsWith(await everyCell(at.superUrl), keys, CANARIES)).toEqual([]);
  });

  it('stays suppressed when the number returns', async () => {
    const again = await post('/v1/contacts', { phone: PHONE, attributes: { firstName: 'Zéphyrine' } });
    expect(again.status).toBe(201);
    await agreed(PHONE, 'B-77');
    const shown = await ask('GET', `/v1/contacts/${again.body.id}/consents`, { key: admin });
    expect(shown.body.purposes.marketing.sendable).toBe(false);
    // Tonight's synchronisation says that the old bulletin was signed just now.
    const synchronised = await agreed(PHONE, 'B-77', api.clock.now().toISO());
    expect(synchronised.body.code).toBe('PROOF_NOT_NEW');
    const returned = await agreed(PHONE, 'B-2027-signed-anew', api.clock.now().toISO());
    expect(returned.status).toBe(201);
    const after = await ask('GET', `/v1/contacts/${again.body.id}/consents`, { key: admin });
    expect(after.body.purposes.marketing.sendable).toBe(true);
    expect(after.body.purposes.appointment.sendable).toBe(false);
  });

  it('is erased once, however often asked', async () => {
    const { body: made } = await post('/v1/contacts', { phone: '0639981235' });
    const asked = {
      requestedAt: '2026-11-02T09:00:00+01:00',
      identityChecked: true,
      reason: 'Courrier du 2 novembre',
    };
    const first = await post(`/v1/contacts/${made.id}/erasure`, asked);
    const second = await remove(String(made.id));
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toMatchObject({
      id: first.body.id,
      identityChecked: true,
      reason: 'Courrier du 2 novembre',
      requestedAt: '2026-11-02T08:00:00.000Z',
      dueAt: '2026-12-02T08:00:00.000Z',
    });
    const intents = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql`SELECT 1 FROM intent WHERE workflow_id = ${`erasure/${first.body.id}`}`),
    );
    expect(intents).toHaveLength(1);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(
      items.filter(
        (one: Record<string, string>) => one['action'] === 'contact.erased' && one['subject'] === made.id,
      ),
    ).toHaveLength(1);
  });

  it('is not named by the kept reason', async () => {
    const { body: made } = await post('/v1/contacts', {
      phone: '0639981236',
      attributes: { firstName: 'Aloïs', lastName: 'Reverdin' },
    });
    const { body } = await post(`/v1/contacts/${made.id}/erasure`, { reason: 'Demande de M. REVERDIN' });
    expect(body.reason).toBeNull();
  });

  it('leaves a sealed proof that the chain confirms', async () => {
    const { body: made } = await post('/v1/contacts', { phone: '0639981237' });
    await agreed('0639981237', 'B-88');
    await post('/v1/consents/withdrawals', {
      contactId: made.id,
      purpose: 'marketing',
      channel: 'counter',
      evidence: { note: 'au comptoir' },
    });
    await remove(String(made.id));
    const keys = await keysOf();
    const proofs = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ id: string; kind: string; sealed: Buffer; salt: Buffer; digest: Buffer }>`
        SELECT p.event_id AS id, e.kind, p.sealed, p.salt, e.proof_digest AS digest
          FROM consent_proof p JOIN consent_event e ON e.id = p.event_id WHERE p.contact_id = ${made.id}::uuid`),
    );
    // Nothing was ever sent: the agreement defends nothing, the withdrawal does.
    expect(proofs.map(({ kind }) => kind)).toEqual(['withdrawn']);
    const evidence = await ask('GET', `/v1/contacts/${made.id}/evidence`, { key: admin });
    expect(evidence.status).toBe(200);
    for (const { id, sealed, salt, digest } of proofs) {
      const text = keys.open({ table: 'consent_proof', column: 'sealed', row: id }, sealed, 'archive');
      expect(createHash('sha256').update(salt).update(text).digest().equals(digest)).toBe(true);
    }
  });
});

describe('a request to erase', () => {
  it('is an admin’s, for their own people', async () => {
    const { body: made } = await post('/v1/contacts', { phone: '0639981238' });
    for (const role of ['marketer', 'scheduler', 'operator', 'auditor'])
      expect((await remove(String(made.id), await keyOf(role))).body.code).toBe('ROLE_NOT_ALLOWED');
    const other = await anotherTenant();
    expect((await remove(String(made.id), other.key)).status).toBe(404);
    expect((await remove(uuidV7(Date.now()))).status).toBe(404);
    expect((await ask('GET', `/v1/contacts/${made.id}`, { key: admin })).status).toBe(200);
  });

  it('unchecked or from the future changes nothing', async () => {
    const { body: made } = await post('/v1/contacts', { phone: '0639981239' });
    const path = `/v1/contacts/${made.id}/erasure`;
    expect((await post(path, { identityChecked: false })).body.code).toBe('IDENTITY_NOT_CHECKED');
    expect((await post(path, { requestedAt: '2031-01-01T00:00:00Z' })).body.code).toBe('DATE_INVALID');
    expect((await post(path, { why: 'x' })).body.code).toBe('INVALID_REQUEST');
    expect((await ask('GET', `/v1/contacts/${made.id}`, { key: admin })).status).toBe(200);
  });
});
