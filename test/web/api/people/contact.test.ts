import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, logged, database, clock, tenantId } = await served({
  lawAt: '2026-11-24T10:00:00+01:00',
});
const post = (path: string, body: unknown, key = admin): Promise<Reply> => ask('POST', path, { key, body });
const words = 'J’accepte les offres de Ma société par SMS, et je peux répondre STOP.';
const proof = { method: 'paper', grantedAt: '2026-03-04T10:00:00+01:00', evidence: { documentRef: 'B-1' } };
const wordingId = (await post('/v1/wordings', { purpose: 'marketing', text: words })).body.id;

describe('a contact', () => {
  it('is made once however its number is written', async () => {
    const first = await post('/v1/contacts', {
      phone: '06 39 98 00 01',
      attributes: { firstName: 'Canari' },
    });
    const again = await post('/v1/contacts', { phone: '+33639980001' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.attributes).toEqual({ firstName: 'Canari' });
    expect(first.body.phone).not.toContain('98');
  });

  it('is found without its number in an address', async () => {
    const { body } = await post('/v1/contacts/search', { phone: '0639980001' });
    expect(body).toMatchObject({ items: [{ placeFrom: 'number', territory: 'FR' }], next: null });
    expect((await ask('GET', '/v1/contacts?phone=0639980001', { key: admin })).body).toEqual(body);
    expect((await post('/v1/contacts/search', { phone: '0639980099' })).body.items).toEqual([]);
  });

  it('lives where it says, and its hours follow', async () => {
    const { body } = await post('/v1/contacts', { phone: '0639980002', postalCode: '97400' });
    expect(body).toMatchObject({ territory: 'RE', timeZone: 'Indian/Reunion', placeFrom: 'address' });
    const decision = await post('/v1/law/decisions', { purpose: 'marketing', contactId: body.id });
    expect(decision.body).toMatchObject({ territory: 'RE', placeFrom: 'address' });
    const moved = await ask('PATCH', `/v1/contacts/${body.id}`, { key: admin, body: { territory: 'GP' } });
    expect(moved.body).toMatchObject({ territory: 'GP', placeFrom: 'contact' });
  });

  it('shows an operator neither name nor number', async () => {
    const { body } = await post('/v1/contacts', { phone: '0639980001' });
    const seen = await ask('GET', `/v1/contacts/${body.id}`, { key: await keyOf('operator') });
    expect(seen.body.attributes).toEqual({});
    expect(seen.text).not.toContain('Canari');
  });

  it('is listed page by page, each once', async () => {
    for (let line = 30; line < 35; line += 1) await post('/v1/contacts', { phone: `06399800${line}` });
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 20 && after !== 'end'; pages += 1) {
      const { body } = await ask('GET', `/v1/contacts?limit=2${after}`, { key: admin });
      seen.push(...(body.items as { id: string }[]).map((item) => item.id));
      after = body.next === null ? 'end' : `&after=${body.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(7);
  });
});

describe('an agreement', () => {
  const grant = { phone: '0639980003', purpose: 'marketing', wordingId, ...proof };
  const contract = { purpose: 'renewal', basis: 'contract', evidence: { contractRef: 'C-1' } };

  it.each([
    [
      'at ten on the clocks of the tenant',
      { ...grant, grantedAt: '2026-03-04T10:00' },
      /^2026-03-04T09:00:00/,
    ],
    ['by a contract that stands from now on', contract, /^2026-11-24T09:0/],
  ])('%s is taken', async (_what, body, since) => {
    const { status, body: made } = await post('/v1/consents', { ...body, phone: '0639980048' });
    const stands = await ask('GET', `/v1/contacts/${made.contactId}/consents`, { key: admin });
    const { [body.purpose]: told } = stands.body.purposes;
    expect([status, told.sendable]).toEqual([201, true]);
    expect(told.since).toMatch(since);
  });

  it('by contract without a date is one act', async () => {
    const told = await Promise.all(
      [1, 2].map(() => post('/v1/consents', { ...contract, phone: '0639980049' })),
    );
    expect(new Set(told.map(({ body }) => body.id)).size).toBe(1);
  });

  it('with its proof makes somebody sendable', async () => {
    const { status, body } = await post('/v1/consents', grant);
    expect([status, body.consents[0]]).toMatchObject([201, { sendable: true, why: null }]);
    const { body: stands } = await ask('GET', `/v1/contacts/${body.contactId}/consents`, { key: admin });
    expect(stands.purposes.marketing).toMatchObject({ sendable: true, basis: 'consent', wordingId });
    expect(stands.purposes.payment).toMatchObject({ sendable: false, why: 'NO_BASIS' });
    const before = encodeURIComponent('2026-03-04T09:00:00+01:00');
    const earlier = await ask('GET', `/v1/contacts/${body.contactId}/consents?at=${before}`, { key: admin });
    expect(earlier.body.purposes.marketing.sendable).toBe(false);
  });

  it.each([
    ['without a document', { ...grant, evidence: {} }, 'CONSENT_PROOF_INCOMPLETE', ['/evidence/documentRef']],
    ['without words', { ...grant, wordingId: undefined }, 'CONSENT_PROOF_INCOMPLETE', ['/wordingId']],
    ['without its day', { ...grant, grantedAt: undefined }, 'CONSENT_PROOF_INCOMPLETE', ['/grantedAt']],
    [
      'on a contract that is not named',
      { ...contract, evidence: {} },
      'BASIS_NOT_PROVEN',
      ['/evidence/contractRef'],
    ],
    [
      'for another purpose than the words say',
      { ...grant, purpose: 'payment' },
      'WORDING_NOT_IN_USE',
      undefined,
    ],
    ['given next year', { ...grant, grantedAt: '2099-01-01T00:00:00Z' }, 'DATE_INVALID', undefined],
    ['on a contract, for advertising', { ...grant, basis: 'contract' }, 'BASIS_NOT_ALLOWED', undefined],
  ] as const)('%s is refused, and changes nothing', async (...[, body, code, pointers]) => {
    const answer = await post('/v1/consents', { ...body, phone: '0639980044' });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.errors?.map((error: { pointer: string }) => error.pointer)).toEqual(pointers);
    expect((await post('/v1/contacts/search', { phone: '0639980044' })).body.items).toEqual([]);
  });

  it('for an unknown purpose is refused unchanged', async () => {
    const answer = await post('/v1/consents', { ...grant, phone: '0639980047', purpose: 'resale' });
    expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
      400,
      'INVALID_REQUEST',
      '/purpose',
    ]);
    expect((await post('/v1/contacts/search', { phone: '0639980047' })).body.items).toEqual([]);
  });

  it('for several purposes is accepted or refused whole', async () => {
    const purposes = ['marketing', 'payment'];
    const answer = await post('/v1/consents', {
      ...grant,
      phone: '0639980045',
      purpose: undefined,
      purposes,
    });
    expect(answer.body.code).toBe('WORDING_NOT_IN_USE');
    expect((await post('/v1/contacts/search', { phone: '0639980045' })).body.items).toEqual([]);
  });

  it('is for one person, named in one way', async () => {
    const { body } = await post('/v1/contacts', { phone: '0639980003' });
    const both = await post('/v1/consents', { ...grant, contactId: body.id });
    expect(both.body.errors[0].pointer).toBe('/contactId');
  });
});

describe('a person who leaves', () => {
  it('is recorded for every role at once', async () => {
    for (const role of ['admin', 'marketer', 'scheduler', 'operator', 'auditor']) {
      const phone = '0639980003';
      const left = await post(
        '/v1/consents/withdrawals',
        { phone, purpose: 'all', channel: 'phone' },
        await keyOf(role),
      );
      expect(left.status).toBe(201);
      const stands = await ask('GET', `/v1/contacts/${left.body.contactId}/consents`, { key: admin });
      expect(stands.body.purposes.marketing.sendable).toBe(false);
    }
  });

  it('need not be known', async () => {
    const left = await post('/v1/consents/withdrawals', {
      phone: '0639980077',
      purpose: 'marketing',
      channel: 'letter',
    });
    expect([left.status, left.body.contactId]).toEqual([201, null]);
    const { items } = (await ask('GET', '/v1/suppressions?limit=500', { key: admin })).body;
    expect(items.at(-1)).toMatchObject({ purpose: 'marketing', contactId: null });
  });

  it('remains recorded when the number is retired', async () => {
    const { body } = await post('/v1/contacts', { phone: '0639980078' });
    await post('/v1/consents/withdrawals', { phone: '0639980078', purpose: 'marketing', channel: 'letter' });
    const path = `/v1/suppressions?contactId=${body.id}`;
    const left = [expect.objectContaining({ purpose: 'marketing', contactId: body.id })];
    expect((await ask('GET', path, { key: admin })).body.items).toEqual(left);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE contact SET retired_at = clock_timestamp() WHERE id = ${body.id}::uuid`),
    );
    const { items } = (await ask('GET', path, { key: admin })).body;
    expect(items).toMatchObject([{ purpose: 'marketing', contactId: null }]);
  });

  it('does not come back with the old proof', async () => {
    const again = await post('/v1/consents', {
      phone: '0639980003',
      purpose: 'marketing',
      wordingId,
      ...proof,
    });
    expect([again.status, again.body.code]).toEqual([409, 'PROOF_NOT_NEW']);
    const older = await post('/v1/consents', {
      phone: '0639980003',
      purpose: 'marketing',
      wordingId,
      ...proof,
      evidence: { documentRef: 'B-0' },
    });
    expect([older.status, older.body.code]).toEqual([409, 'PROOF_NOT_NEW']);
    const { body } = await post('/v1/contacts/search', { phone: '0639980003' });
    const stands = await ask('GET', `/v1/contacts/${body.items[0].id}/consents`, { key: admin });
    expect(stands.body.purposes.marketing.sendable).toBe(false);
  });

  it('returns with a later proof', async () => {
    const fresh = { method: 'paper', grantedAt: clock.now().toISO(), evidence: { documentRef: 'B-2' } };
    const back = await post('/v1/consents', {
      phone: '0639980003',
      purpose: 'marketing',
      wordingId,
      ...fresh,
    });
    expect([back.status, back.body.consents[0]]).toMatchObject([201, { sendable: true, reinstated: true }]);
  });

  it('may be suppressed with any line', async () => {
    const listed = await post('/v1/suppressions', { phone: '0142685300', purpose: 'all', source: 'Bloctel' });
    const again = await post('/v1/suppressions', { phone: '+33142685300', purpose: 'all' });
    expect([listed.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(listed.body.id);
  });

  it('I7: is not named in the log', () => {
    expect(logged()).toContain('/v1/consents/withdrawals');
    for (const canary of ['Canari', '63998', '06 39', '42685300', 'B-1', 'Bloctel'])
      expect(logged()).not.toContain(canary);
  });
});
