import { describe, expect, it } from 'vitest';
import { recordAudit } from '../../../../src/company/audit/audit-entry.repository.ts';
import { moment } from '../../../../src/web/server/schema.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, instanceKey, keyOf, anotherTenant } = await served();
const patch = (body: object): Promise<Reply> => ask('PATCH', '/v1/tenant', { key: admin, body });
const auditOf = async (): Promise<{ action: string; details: Record<string, unknown> }[]> =>
  (await ask('GET', '/v1/audit?limit=500', { key: admin })).body.items;

describe('the first tenant', () => {
  it('exists at once, with what is missing', async () => {
    const { body } = await ask('GET', '/v1/tenant', { key: admin });
    expect(body).toMatchObject({ name: 'Ma société (à compléter)', missing: ['legalName', 'contact'] });
  });

  it('is complete once it says who it is', async () => {
    const { body } = await patch({
      legalName: 'Maison Lumière SAS',
      brand: 'Maison Lumière',
      sender: 'LUMIERE',
      contact: { phone: '01 42 68 53 00' },
    });
    expect(body).toMatchObject({ legalName: 'Maison Lumière SAS', brand: 'Maison Lumière', missing: [] });
  });

  it('is changed despite an open audit transaction', async () => {
    const changed = await database.withTenant(tenantId, async (tx) => {
      await recordAudit(tx, { actor: 'system', action: 'test.began' }, moment(api.clock));
      return patch({ sender: 'LUMIERE' });
    });
    expect(changed.status).toBe(200);
  });

  it('opens a basis only with a reason', async () => {
    const bases = { appointment: 'contract' };
    const refused = await patch({ bases });
    expect(refused.body.errors[0].pointer).toBe('/reason');
    expect((await patch({ bases, reason: 'care contract' })).body.bases).toEqual(bases);
    const { details } = (await auditOf()).findLast(({ action }) => action === 'tenant.changed') ?? {};
    expect(details).toMatchObject({ bases, reason: 'care contract' });
    expect((await patch({ bases: { appointment: null } })).body.errors[0].pointer).toBe('/reason');
    const closed = await patch({ bases: { appointment: null }, reason: 'no contract any more' });
    expect([closed.status, closed.body.bases]).toEqual([200, {}]);
  });

  it('returns to defaults by null, audited', async () => {
    const chosen = {
      texts: { appointment: '{practice} : rendez-vous le {date} à {time}.', payment: '{brand} : {amount}.' },
      plans: { appointment: ['P1D'] },
      frequency: { marketing: { perDay: 1 } },
    };
    const reason = 'our own words';
    expect((await patch(chosen)).body.errors[0].pointer).toBe('/reason');
    expect((await patch({ ...chosen, reason })).body).toMatchObject(chosen);
    const { body } = await patch({
      texts: { appointment: null },
      plans: { appointment: null },
      frequency: { marketing: null },
      reason,
    });
    expect([body.texts, body.plans, body.frequency]).toEqual([{ payment: chosen.texts.payment }, {}, {}]);
    const { details } = (await auditOf()).findLast(({ action }) => action === 'tenant.changed') ?? {};
    expect(details).toMatchObject({
      restored: ['texts.appointment', 'plans.appointment', 'frequency.marketing'],
    });
  });

  it.each([
    ['a sender that is a word of all', { sender: 'PROMO' }, 422, 'SENDER_INVALID'],
    ['a sender of two letters', { sender: 'AB' }, 400, 'INVALID_REQUEST'],
    [
      'a text that advertises in a reminder',
      { texts: { appointment: '-20 % ! {practice} {date} {time}' } },
      422,
      'CONTENT_REFUSED',
    ],
    ['a plan that is no span', { plans: { appointment: ['soon'] } }, 400, 'INVALID_REQUEST'],
    ['a zone of Mars', { timeZone: 'Mars/Olympus' }, 400, 'INVALID_REQUEST'],
    ['a site with a path', { domains: ['maison.fr/ete'] }, 400, 'INVALID_REQUEST'],
    ['a sector nobody knows', { sector: 'magic' }, 400, 'INVALID_REQUEST'],
    ['a field of a later version', { colour: 'red' }, 400, 'INVALID_REQUEST'],
  ] as const)('refuses %s unchanged', async (...[, body, status, code]) => {
    const before = (await ask('GET', '/v1/tenant', { key: admin })).body;
    const answer = await patch({ ...body, legalName: 'Changed' });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body).toEqual(before);
  });
});

describe('a tenant made by the instance', () => {
  it('has its own key, and nothing else’s', async () => {
    const { id, key } = await anotherTenant();
    const { body } = await ask('GET', '/v1/tenant', { key });
    expect(body).toMatchObject({ id, legalName: 'Autre SAS', brand: 'Autre', missing: [] });
    expect((await ask('GET', '/v1/brands', { key })).body.items).toHaveLength(1);
  });

  it('needs a way to be reached', async () => {
    const body = { name: 'X', legalName: 'X', brand: 'X', contact: {} };
    const answer = await ask('POST', '/v1/tenants', { key: instanceKey, body });
    expect(answer.body.errors[0].pointer).toBe('/contact');
  });

  it('is not made by an admin', async () => {
    expect((await ask('POST', '/v1/tenants', { key: admin, body: {} })).body.code).toBe('ROLE_NOT_ALLOWED');
  });
});

describe('a tenant that software makes by its own id', () => {
  const PRACTICE = {
    name: 'Cabinet Martin',
    legalName: 'SELARL Martin',
    brand: 'Cabinet Martin',
    contact: { phone: '01 42 68 53 00' },
  };
  const put = (externalId: string, body: object = PRACTICE, key = instanceKey): Promise<Reply> =>
    ask('PUT', `/v1/tenants/${externalId}`, { key, body });

  it('is made once with its key', async () => {
    const made = await put('client-4711');
    expect([made.status, made.body]).toEqual([
      201,
      { id: expect.any(String), externalId: 'client-4711', key: expect.any(String) },
    ]);
    const found = await put('client-4711', { ...PRACTICE, name: 'Autre nom' });
    expect([found.status, found.body]).toEqual([200, { id: made.body.id, externalId: 'client-4711' }]);
    const own = await ask('GET', '/v1/tenant', { key: made.body.key });
    expect(own.body).toMatchObject({ id: made.body.id, name: 'Cabinet Martin' });
  });

  it('is one for concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => put('client-5000')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.key !== undefined)).toHaveLength(1);
  });

  it('is listed by page for the instance only', async () => {
    await put('client-6000');
    const seen: { externalId: string | null }[] = [];
    for (let after = ''; after !== 'end';) {
      const { body } = await ask('GET', `/v1/tenants?limit=2${after}`, { key: instanceKey });
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...(body.items as typeof seen));
      after = body.next === null ? 'end' : `&after=${String(body.next)}`;
    }
    expect(seen.filter(({ externalId }) => externalId === 'client-6000')).toMatchObject([
      { name: 'Cabinet Martin', createdAt: expect.stringMatching(/^20/) },
    ]);
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(seen.length);
    expect((await put('client-7000', PRACTICE, admin)).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await ask('GET', '/v1/tenants', { key: admin })).body.code).toBe('ROLE_NOT_ALLOWED');
  });
});

describe('a key', () => {
  it('is shown once, and ends when revoked', async () => {
    const { body } = await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator', name: 'night' } });
    expect((await ask('GET', '/v1/tenant', { key: body.key })).status).toBe(200);
    const listed = await ask('GET', '/v1/keys', { key: admin });
    expect(listed.text).not.toContain(body.key);
    const mine = listed.body.items.find(({ id }: { id: string }) => id === body.id);
    expect(mine).toMatchObject({ role: 'operator', name: 'night', source: 'default', revokedAt: null });
    expect(mine.lastUsedAt).not.toBeNull();
    const path = `/v1/keys/${body.id}`;
    expect((await ask('DELETE', path, { key: admin })).status).toBe(204);
    expect((await ask('GET', '/v1/tenant', { key: body.key })).status).toBe(401);
    expect((await ask('DELETE', path, { key: admin })).status).toBe(204);
  });
});

const put = (body: object, key = admin): Promise<Reply> =>
  ask('PUT', '/v1/practices/tilleuls', { key, body });

describe('a practice', () => {
  const practice = {
    name: 'Cabinet des Tilleuls',
    displayName: 'Cabinet Tilleuls',
    phone: '01 42 68 53 00',
    address: '12 rue des Tilleuls',
    territory: 'RE',
    timeZone: 'Indian/Reunion',
  };

  it('is made, replaced and shown', async () => {
    const [made, replaced] = [
      await put(practice),
      await put({ ...practice, address: '14 rue des Tilleuls' }),
    ];
    expect([made.status, replaced.status]).toEqual([201, 200]);
    const shown = await ask('GET', '/v1/practices/tilleuls', { key: admin });
    expect(shown.body).toEqual({
      ...practice,
      id: made.body.id,
      externalId: 'tilleuls',
      address: '14 rue des Tilleuls',
    });
  });

  it.each([
    ['a practice', 'practice', (body: object) => put({ ...practice, ...body })],
    [
      'a brand',
      'brand',
      (body: object) => ask('PUT', '/v1/brands/maison', { key: admin, body: { name: 'Maison', ...body } }),
    ],
  ] as const)('or %s changes sender for an audited reason', async (_, kind, change) => {
    const details = async (): Promise<unknown> =>
      (await auditOf()).findLast(({ action }) => action === `${kind}.put`)?.details;
    await change({});
    expect((await change({ sender: 'TILLEULS' })).body.sender).toBe('TILLEULS');
    expect(await details()).toEqual({ before: { sender: null }, after: { sender: 'TILLEULS' } });
    expect((await change({ sender: 'LUMIERE' })).body.errors[0].pointer).toBe('/reason');
    expect((await change({})).body.errors[0].pointer).toBe('/reason');
    expect((await change({ sender: 'TILLEULS' })).status).toBe(200);
    expect(await details()).toEqual({});
    expect((await change({ sender: 'LUMIERE', reason: 'une seule enseigne' })).body.sender).toBe('LUMIERE');
    expect(await details()).toEqual({
      reason: 'une seule enseigne',
      before: { sender: 'TILLEULS' },
      after: { sender: 'LUMIERE' },
    });
    await change({ reason: 'comme avant' });
  });

  it('naming an illness needs an admin’s reason', async () => {
    const telling = { ...practice, sector: 'health', displayName: 'Centre d’oncologie' };
    const refused = await put(telling);
    expect([refused.body.code, refused.body.errors[0].pointer]).toEqual(['CONTENT_REFUSED', '/displayName']);
    const override = { reason: 'the name on the door' };
    expect((await put({ ...telling, override }, await keyOf('scheduler'))).body.code).toBe(
      'ROLE_NOT_ALLOWED',
    );
    expect((await put({ ...telling, override })).status).toBe(200);
    const entry = (await auditOf()).findLast(({ action }) => action === 'practice.put');
    expect(entry?.details).toMatchObject({ override: 'the name on the door' });
  });

  it.each([
    ['on the clock of another territory', { ...practice, timeZone: 'Europe/Paris' }, 'TIME_ZONE_CONTRADICTS'],
    [
      'of an unknown brand',
      { ...practice, brandId: '018f0000-0000-7000-8000-000000000000' },
      'BRAND_NOT_FOUND',
    ],
    ['under a mobile number', { ...practice, sender: '0612345678' }, 'SENDER_INVALID'],
  ])('%s is refused', async (_, body, code) => {
    expect((await put(body)).body.code).toBe(code);
  });
});

describe('a halt', () => {
  it('is shown everywhere until it is lifted', async () => {
    const operator = await keyOf('operator');
    const order = (halted: boolean): Promise<Reply> =>
      ask('PUT', '/v1/halt', { key: operator, body: { halted, reason: 'wrong prices' } });
    expect((await order(true)).body).toEqual({ halted: true, reason: 'wrong prices' });
    expect((await ask('GET', '/v1/tenant', { key: admin })).body).toMatchObject({
      halted: true,
      haltReason: 'wrong prices',
    });
    expect((await order(false)).body).toEqual({ halted: false, reason: null });
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(false);
  });

  it('of an account holds for all', async () => {
    const { key } = await anotherTenant();
    const path = '/v1/gateways/sandbox/halt';
    await ask('PUT', path, { key: instanceKey, body: { halted: true, reason: 'operator down' } });
    for (const one of [admin, key])
      expect((await ask('GET', '/v1/gateways', { key: one })).body[0]).toMatchObject({
        halted: true,
        haltReason: 'operator down',
      });
    await ask('PUT', path, { key: instanceKey, body: { halted: false } });
    expect((await ask('GET', '/v1/gateways', { key })).body[0].halted).toBe(false);
  });
});
