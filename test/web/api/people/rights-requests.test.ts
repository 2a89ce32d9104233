import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { removeAged } from '../../../../src/people/retention/retention.repository.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { takeReply } from '../../../../src/sending/replies/take-reply.ts';
import { served } from '../../server/served.ts';

const { ask, admin, api, keyOf, tenantId, clock, database, anotherTenant } = await served({
  lawAt: '2027-03-03T10:00:00+01:00',
});

const { accountId } = (await database.withTenant(tenantId, (tx) =>
  tx.first(sql<{ accountId: string }>`SELECT id AS "accountId" FROM gateway_account LIMIT 1`),
)) ?? { accountId: '' };

let phone = '+33639980600';
beforeEach(() => {
  phone = `+33${Number(phone.slice(3)) + 1}`;
});

async function hears(text: string): Promise<string> {
  const id = uuidV7(Date.now());
  const deps = { database, vault: api.vault, clock, newId: () => uuidV7(Date.now()) };
  const account = { id: accountId, acknowledgesStop: false };
  const event = { kind: 'reply', identity: randomUUID(), from: phone, text } as const;
  await takeReply(deps, account, { event, id, receivedAt: clock.now().toISO(), simulated: false });
  return id;
}

const aContact = async (): Promise<string> =>
  (await ask('POST', '/v1/contacts', { key: admin, body: { phone } })).body.id;
const listed = async (query = '', key = admin) =>
  (await ask('GET', `/v1/rights-requests?limit=500${query}`, { key })).body.items as Record<
    string,
    unknown
  >[];
const find = async (id: string, query = '') => (await listed(query)).find((one) => one['id'] === id);
const answer = (id: string, body: object, key = admin) =>
  ask('POST', `/v1/rights-requests/${id}/answer`, { key, body });

describe('somebody who asks for the suppression of their data', () => {
  it('is suppressed, listed with a deadline, without promises', async () => {
    const contactId = await aContact();
    const id = await hears('Je demande la suppression de mes données merci');
    expect(await find(id, '&open=true')).toMatchObject({
      right: 'erasure',
      contactId,
      answerBy: '2027-04-03',
      daysLeft: 31,
      outcome: null,
    });
    const { items } = (await ask('GET', `/v1/suppressions?contactId=${contactId}`, { key: admin })).body;
    expect(items.map(({ purpose }: { purpose: string }) => purpose)).toContain('marketing');
    const [owed] = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ n: number }>`SELECT count(*)::int AS n FROM acknowledgement`),
    );
    expect(owed?.n).toBe(0);
  });

  it('is masked until an admin asks, audited', async () => {
    const id = await hears('Effacez mes données');
    const masked = (await ask('GET', `/v1/rights-requests/${id}`, { key: admin })).body;
    expect(masked.text).toBeUndefined();
    expect(masked.from).not.toBe(phone);
    const clear = (await ask('GET', `/v1/rights-requests/${id}?clear=true`, { key: admin })).body;
    expect(clear).toMatchObject({ from: phone, text: 'Effacez mes données' });
    const audit = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body.items;
    expect(audit).toContainEqual(expect.objectContaining({ action: 'reply.text-read', subject: id }));
    const [row] = await database.withTenant(tenantId, (tx) =>
      tx.rows(
        sql<{
          kept: string;
        }>`SELECT row_to_json(q)::text AS kept FROM rights_request q WHERE id = ${id}::uuid`,
      ),
    );
    expect(row?.kept).not.toMatch(/Effacez|6399806/);
  });

  it('is done only once erased, with details', async () => {
    const contactId = await aContact();
    const id = await hears('supprimez mon numéro');
    const early = await answer(id, { outcome: 'done' });
    expect([early.status, early.body.code]).toEqual([409, 'RIGHTS_NOT_DONE']);
    const erasure = await ask('POST', `/v1/contacts/${contactId}/erasure`, { key: admin, body: {} });
    expect(await find(id)).toMatchObject({ erasureId: erasure.body.id, outcome: null });
    const done = await answer(id, { outcome: 'done', note: 'lettre du 4 mars' });
    expect([done.status, done.body]).toMatchObject([
      200,
      {
        outcome: 'done',
        note: 'lettre du 4 mars',
        daysLeft: null,
        answeredBy: expect.stringMatching(/^key:/),
      },
    ]);
    const again = await answer(id, { outcome: 'refused', note: 'non' });
    expect([again.status, again.body.code]).toEqual([409, 'RIGHTS_ALREADY_ANSWERED']);
    expect(await find(id, '&open=true')).toBeUndefined();
    const audit = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body.items;
    expect(audit).toContainEqual(
      expect.objectContaining({
        action: 'rights.answered',
        subject: id,
        details: { right: 'erasure', outcome: 'done', answerBy: '2027-04-03' },
      }),
    );
  });
});

describe('a request', () => {
  it('that is refused says why', async () => {
    const id = await hears('RGPD : accès');
    expect((await answer(id, { outcome: 'refused' })).status).toBe(400);
    expect((await answer(id, { outcome: 'refused', note: 'demande répétée' })).status).toBe(200);
  });

  it('in a STOP counts, unlike ordinary replies', async () => {
    expect(await find(await hears('STOP et effacez mes données'))).toMatchObject({ right: 'erasure' });
    expect(await find(await hears('je serai en retard'))).toBeUndefined();
  });

  it('repeated by an operator is one', async () => {
    const before = (await listed()).length;
    const deps = { database, vault: api.vault, clock, newId: () => uuidV7(Date.now()) };
    const event = { kind: 'reply', identity: randomUUID(), from: phone, text: 'droit d’accès' } as const;
    for (let time = 0; time < 2; time += 1)
      await takeReply(
        deps,
        { id: accountId, acknowledgesStop: true },
        {
          event,
          id: uuidV7(Date.now()),
          receivedAt: clock.now().toISO(),
          simulated: false,
        },
      );
    expect((await listed()).length).toBe(before + 1);
  });

  it('is answered by admins, read by some roles', async () => {
    const id = await hears('droit d’opposition');
    const statusOf = async (role: string) =>
      (await ask('GET', `/v1/rights-requests/${id}`, { key: await keyOf(role) })).status;
    expect(await Promise.all(['operator', 'auditor', 'marketer', 'scheduler'].map(statusOf))).toEqual([
      200, 200, 403, 403,
    ]);
    expect((await answer(id, { outcome: 'done' }, await keyOf('operator'))).status).toBe(403);
    const other = await anotherTenant();
    expect((await ask('GET', `/v1/rights-requests/${id}`, { key: other.key })).status).toBe(404);
    expect(await listed('', other.key)).toEqual([]);
  });

  it('is sent to webhooks by id', async () => {
    const hook = { url: 'http://127.0.0.1:9/hook', events: ['rights.requested'] };
    expect((await ask('POST', '/v1/webhooks', { key: admin, body: hook })).status).toBe(201);
    const contactId = await aContact();
    const id = await hears('CNIL');
    const [told] = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ about: object; subject: string }>`
        SELECT about, subject FROM webhook_delivery WHERE type = 'rights.requested' ORDER BY id DESC LIMIT 1`),
    );
    expect(told).toMatchObject({
      subject: contactId,
      about: { requestId: id, right: 'unspecified', answerBy: '2027-04-03' },
    });
  });

  it('keeps its words until answered, itself for years', async () => {
    const id = await hears('mes coordonnées sont fausses');
    const inAYear = clock.now().plus({ months: 13 }).toISO();
    const inSixYears = clock.now().plus({ years: 6 }).toISO();
    const clean = (what: 'replies' | 'rights', at: string) =>
      database.withTenant(tenantId, (tx) => removeAged(tx, what, at));
    await clean('replies', inAYear);
    expect((await find(id))?.['from']).not.toBeNull();
    await clean('rights', inSixYears);
    expect(await find(id)).toBeDefined();
    await answer(id, { outcome: 'done' });
    await clean('replies', inAYear);
    expect(await find(id)).toMatchObject({ from: null, outcome: 'done' });
    await clean('rights', inSixYears);
    expect(await find(id)).toBeUndefined();
  });
});
