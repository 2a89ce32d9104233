import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { messageId, messageKey } from '../../../../src/sending/message/message.repository.ts';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { statusKnownAt } from '../../../../src/people/consent/consents-at.ts';
import { addStepMessage } from '../../../../src/reminders/steps/step.repository.ts';
import { aWorld, frozen, consent } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const at = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const { ask, admin, api, database, tenantId, keyOf, anotherTenant } = at;
const world = aWorld(at);
const post = (path: string, body: unknown, key = admin): Promise<Reply> => ask('POST', path, { key, body });
const operator = await keyOf('operator');
let people = 0;

const clockOf = (): ProcessClock => {
  if (!(api.clock instanceof ProcessClock)) throw new Error('another clock');
  return api.clock;
};

for (const last of [1, 2, 3])
  await world.agreed(`063998000${last}`, { grantedAt: '2026-03-04T10:00:00+01:00' });

/** A running campaign to everybody who agreed, each of whose messages was lost on the wire. */
async function lostMessages(): Promise<{ campaignId: string; names: string[] }> {
  const campaignId = await world.launched({ name: 'mars' });
  await frozen(at, campaignId);
  await database.withTenant(tenantId, async (tx) => {
    const rows = await tx.rows(
      sql<{
        batchId: string;
        seq: number;
        accountId: string;
      }>`SELECT m.batch_id AS "batchId", m.seq, b.account_id AS "accountId" FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.state = 'ready' AND b.campaign_id = ${campaignId}`,
    );
    for (const { batchId, seq, accountId } of rows) {
      const id = randomUUID();
      await tx.run(sql`INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, outcome, outcome_code, outcome_at)
        VALUES (${id}, ${tenantId}, ${accountId}, ${batchId}, 1, ${id.slice(0, 20)}, 1, clock_timestamp() - make_interval(secs => ${1 / (1 + seq)}), '', 'unknown', 'timeout', clock_timestamp())`);
      await tx.run(
        sql`UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', submission_id = ${id} WHERE batch_id = ${batchId} AND seq = ${seq}`,
      );
      await tx.run(sql`INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
        VALUES (${tenantId}, ${batchId}, 'ready', NULL, -1), (${tenantId}, ${batchId}, 'uncertain', 'TIMEOUT', 1)`);
    }
  });
  const { items } = (await ask('GET', '/v1/uncertain', { key: operator })).body;
  const lost = items.filter((item: { campaignId: string }) => item.campaignId === campaignId);
  return { campaignId, names: lost.map(({ id }: { id: string }) => id) };
}

const { campaignId, names } = await lostMessages();
const [first = '', second = '', third = ''] = names;
const accounts = async (): Promise<Record<string, number>> =>
  (await ask('GET', `/v1/campaigns/${campaignId}`, { key: admin })).body.accounts;
const evidence = { evidence: 'The operator’s console shows it, 0639980001.' };

describe('an uncertain message', () => {
  it('is listed and counted', async () => {
    expect(names).toHaveLength(3);
    expect(await accounts()).toMatchObject({ audience: 3, uncertain: 3, pending: 0 });
  });

  it('is listed page by page', async () => {
    const one = (await ask('GET', '/v1/uncertain?limit=2', { key: operator })).body;
    const two = (await ask('GET', `/v1/uncertain?limit=2&after=${one.next}`, { key: operator })).body;
    expect([...one.items, ...two.items].map(({ id }: { id: string }) => id)).toEqual(names);
    expect(two.next).toBeNull();
  });

  it('shows who decided it, masked', async () => {
    const { body } = await ask('GET', `/v1/messages/${first}`, { key: operator });
    expect(body).toMatchObject({ id: first, state: 'uncertain', purpose: 'marketing', gateway: 'sandbox' });
    expect(body.to).not.toContain('39980');
    expect(body.consent).toMatchObject({ sendable: true, basis: 'consent' });
    expect(body.timeline.map(({ event }: { event: string }) => event)).toEqual(['made', 'marked', 'lost']);
  });

  it('keeps the consent that it left with', async () => {
    const [contactId, decisionId] = [
      (await ask('GET', `/v1/messages/${third}`, { key: admin })).body.contactId,
      randomUUID(),
    ];
    await database.withTenant(tenantId, async (tx) => {
      const key = messageKey(third);
      await tx.run(sql`INSERT INTO decision (id, tenant_id, batch_id, purpose, verdict, at, until, profile, rules_version, calendar_version, territory, time_zone, rules, inputs, clock_revision)
        VALUES (${decisionId}, ${tenantId}, ${key?.batchId}, 'marketing', 'allow', ${api.clock.now().toISO()}, ${api.clock.now().plus({ hours: 1 }).toISO()}, 'fr-seed-strict', 'r', 'c', 'FR', 'Europe/Paris', '[]', '{}', 0)`);
      await tx.run(sql`UPDATE submission SET decision_id = ${decisionId}
        WHERE id = (SELECT submission_id FROM message WHERE batch_id = ${key?.batchId} AND seq = ${key?.seq})`);
    });
    const consentShown = async () => (await ask('GET', `/v1/messages/${third}`, { key: admin })).body.consent;
    const before = await consentShown();
    expect(before).toMatchObject({ sendable: true, why: null, basis: 'consent' });
    await post('/v1/consents/withdrawals', {
      contactId,
      purpose: 'marketing',
      channel: 'phone',
      occurredAt: api.clock.now().toISO(),
    });
    expect(await consentShown()).toEqual(before);
  });

  it('is accepted once a person has seen it', async () => {
    const answer = await post(
      `/v1/messages/${first}/resolution`,
      { outcome: 'accepted', ...evidence },
      operator,
    );
    expect([answer.status, answer.body.state]).toEqual([200, 'accepted']);
    expect(await accounts()).toMatchObject({ audience: 3, accepted: 1, uncertain: 2 });
    const again = await post(
      `/v1/messages/${first}/resolution`,
      { outcome: 'accepted', ...evidence },
      operator,
    );
    expect(again.body.code).toBe('MESSAGE_NOT_UNCERTAIN');
  });

  it('is retried when unsent and still running', async () => {
    const answer = await post(`/v1/messages/${second}/resolution`, { outcome: 'not-accepted', ...evidence });
    expect(answer.body.state).toBe('ready');
    expect(await accounts()).toMatchObject({ audience: 3, accepted: 1, uncertain: 1, pending: 1 });
  });

  it('fails for good after a cancellation', async () => {
    await ask('POST', `/v1/campaigns/${campaignId}/cancel`, { key: admin });
    const answer = await post(`/v1/messages/${third}/resolution`, { outcome: 'not-accepted', ...evidence });
    expect(answer.body.state).toBe('failed');
    const { body } = await ask('GET', `/v1/messages/${third}`, { key: admin });
    expect([body.state, body.reason]).toEqual(['failed', 'NOT_ACCEPTED']);
  });

  it('keeps what showed it out of sight', async () => {
    const { text } = await ask('GET', '/v1/audit?limit=500', { key: admin });
    expect(text).toContain('message.resolved');
    expect(text).not.toContain('console');
    expect(text).not.toContain('0639980001');
  });

  it('I6: is not there for a stranger', async () => {
    const { key } = await anotherTenant();
    expect((await ask('GET', `/v1/messages/${first}`, { key })).status).toBe(404);
    expect((await ask('GET', `/v1/messages/msg_${randomUUID()}_1`, { key })).status).toBe(404);
    expect((await ask('GET', '/v1/messages/x', { key })).status).toBe(404);
    const answer = await post(`/v1/messages/${second}/resolution`, { outcome: 'accepted', ...evidence }, key);
    expect(answer.status).toBe(404);
    expect((await ask('GET', '/v1/uncertain', { key })).body.items).toEqual([]);
  });
});

describe('all uncertain messages of a campaign', () => {
  let many: Awaited<ReturnType<typeof lostMessages>>;
  beforeAll(async () => {
    many = await lostMessages();
  });

  const settle = (body: object, key = operator): Promise<Reply> =>
    post('/v1/uncertain/resolution', { outcome: 'accepted', ...evidence, ...body }, key);
  const standing = async (): Promise<Record<string, number>> =>
    (await ask('GET', `/v1/campaigns/${many.campaignId}`, { key: admin })).body.accounts;
  const lastMark = async (): Promise<string> => {
    const { items } = (await ask('GET', '/v1/uncertain', { key: operator })).body;
    return items
      .map(({ markedAt }: { markedAt: string }) => markedAt)
      .toSorted()
      .at(-1);
  };

  it.each([
    ['neither campaign nor gateway', {}, 400, 'INVALID_REQUEST'],
    ['a campaign of nobody', { campaign: randomUUID() }, 422, 'CAMPAIGN_NOT_FOUND'],
    ['an account of nobody', { gateway: 'nobody' }, 422, 'GATEWAY_NOT_FOUND'],
  ])('are unchanged when given %s', async (_, body, status, code) => {
    const answer = await settle(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await standing()).toMatchObject({ uncertain: many.names.length });
  });

  it('are unchanged by other roles', async () => {
    for (const role of ['marketer', 'scheduler'] as const) {
      const made = await post('/v1/keys', { role, source: 'another' });
      const answer = await settle({ campaign: many.campaignId }, String(made.body.key));
      expect(answer.body).toEqual({ accepted: 0, ready: 0, failed: 0, remaining: 0 });
    }
    expect(await standing()).toMatchObject({ uncertain: many.names.length });
  });

  it('are settled up to an instant, then after', async () => {
    const end = await lastMark();
    const early = await settle({ gateway: 'sandbox', to: end });
    expect(early.body).toEqual({ accepted: many.names.length - 1, ready: 0, failed: 0, remaining: 0 });
    const late = await settle({ campaign: many.campaignId, from: end });
    expect(late.body).toEqual({ accepted: 1, ready: 0, failed: 0, remaining: 0 });
    expect((await settle({ campaign: many.campaignId })).body.accepted).toBe(0);
    expect(await standing()).toMatchObject({ accepted: many.names.length, uncertain: 0, pending: 0 });
  });

  it('are each audited, without evidence', async () => {
    const { body, text } = await ask('GET', '/v1/audit?limit=500', { key: admin });
    const settled = body.items.filter(({ action }: { action: string }) => action === 'message.resolved');
    for (const name of many.names)
      expect(settled.map(({ subject }: { subject: string }) => subject)).toContain(name);
    expect(text).not.toContain('console');
  });
});

/** A campaign to everybody, frozen: what became of its people, by contact. */
async function waiting(): Promise<ReadonlyMap<string, string>> {
  const id = await world.launched({ name: 'avril' });
  await frozen(at, id);
  const rows = await database.withTenant(tenantId, (tx) =>
    tx.rows(sql<{ contactId: string; batchId: string; seq: number }>`
      SELECT m.contact_id AS "contactId", m.batch_id AS "batchId", m.seq FROM message m JOIN batch b ON b.id = m.batch_id
       WHERE b.campaign_id = ${id}::uuid AND m.state = 'ready'`),
  );
  return new Map(rows.map(({ contactId, ...key }) => [contactId, messageId(key)]));
}

describe('the consent of a message that was decided', () => {
  it('is that of its moment', async () => {
    const phone = '+33639981901';
    const contactId = await world.agreed(phone, { grantedAt: '2026-03-04T10:00:00+01:00' });
    const clock = lawClock(database, clockOf(), true);
    await clock.move('2026-11-25T10:05:00+01:00');
    const since = '2026-11-25T10:00:00+01:00';
    await post('/v1/suppressions', { phone, purpose: 'marketing', source: 'liste', since });
    const known = (instant: string): Promise<unknown> =>
      database.withTenant(tenantId, async (tx) => {
        const deps = { keys: await api.vault.tenant(tx), clock: api.clock };
        return statusKnownAt(tx, deps, { contactId, purpose: 'marketing', at: instant });
      });
    expect(await known('2026-11-25T10:02:00+01:00')).toMatchObject({ sendable: true, why: null });
    expect(await known('2026-11-25T10:06:00+01:00')).toMatchObject({ sendable: false, why: 'SUPPRESSED' });
  });
});

describe('the consent of a message that has not left', () => {
  it.each([
    ['whose number is retired', `retired_at = '2026-11-20'`, 'NUMBER_RETIRED'],
    ['whose number is a landline', `line_type = 'landline'`, 'NUMBER_NOT_MOBILE'],
    ['who is under age', `adult_on = '2030-01-01'`, 'MINOR'],
    ['whose place is unknown', `place_from = 'unknown'`, 'PLACE_UNKNOWN'],
    ['whose agreement was not renewed', `last_interaction_at = '2023-01-01'`, 'CONSENT_EXPIRED'],
  ])('is the contact’s for somebody %s', async (_, change, why) => {
    people += 1;
    const phone = `+3363998${String(1_000 + people)}`;
    const grantedAt = why === 'CONSENT_EXPIRED' ? '2023-12-01T10:00:00+01:00' : '2026-03-04T10:00:00+01:00';
    const contactId = await world.agreed(phone, { grantedAt });
    const id = (await waiting()).get(contactId) ?? '';
    const consentShown = async (): Promise<unknown> =>
      (await ask('GET', `/v1/messages/${id}`, { key: admin })).body.consent;
    expect(await consentShown()).toMatchObject({ sendable: true, why: null });
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE contact SET ${sql.raw(change)} WHERE id = ${contactId}::uuid`),
    );
    if (why === 'CONSENT_EXPIRED')
      await lawClock(database, clockOf(), true).move('2027-01-04T10:00:00+01:00');
    const { body } = await ask('GET', `/v1/contacts/${contactId}/consents`, { key: admin });
    expect(body.purposes.marketing.why).toBe(why);
    expect(await consentShown()).toMatchObject({ sendable: false, why });
  });
});

describe('an uncertain reminder', () => {
  const lost = async (last: number): Promise<{ seriesId: string; name: string }> => {
    const booked = await ask('PUT', `/v1/appointments/lost-${last}`, {
      key: admin,
      body: {
        contact: { phone: `06399810${last}` },
        startsAt: `${api.clock.now().plus({ days: 9 }).toISODate()}T15:15`,
        practice: 'Cabinet des Tilleuls',
        consent,
      },
    });
    if (booked.status !== 201) throw new Error(booked.text);
    const seriesId = String(booked.body.seriesId);
    return database.withTenant(tenantId, async (tx) => {
      const [row] = await tx.rows(
        sql<{ batchId: string; contactId: string; accountId: string }>`
          SELECT batch_id AS "batchId", contact_id AS "contactId", account_id AS "accountId" FROM reminder_series WHERE id = ${seriesId}`,
      );
      if (row === undefined) throw new Error('no series');
      const { batchId, contactId, accountId } = row;
      await addStepMessage(tx, { batchId, contactId, seq: 1000, revision: 1 });
      const id = randomUUID();
      await tx.run(sql`INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
        VALUES (${id}, ${tenantId}, ${accountId}, ${batchId}, 1, 'KEY', 1, clock_timestamp(), '')`);
      await tx.run(
        sql`UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', submission_id = ${id} WHERE batch_id = ${batchId}`,
      );
      await tx.run(sql`INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
        VALUES (${tenantId}, ${batchId}, 'ready', NULL, -1), (${tenantId}, ${batchId}, 'uncertain', 'TIMEOUT', 1)`);
      return { seriesId, name: messageId({ batchId, seq: 1000 }, 'msg') };
    });
  };
  const told = (seriesId: string): Promise<number> =>
    database.withTenant(tenantId, async (tx) => {
      const rows = await tx.rows(sql`SELECT FROM intent WHERE workflow_id = ${`series/${seriesId}`}`);
      return rows.length;
    });

  it.each([
    [
      'alone',
      10,
      (name: string) => post(`/v1/messages/${name}/resolution`, { outcome: 'not-accepted', ...evidence }),
    ],
    [
      'with all of its account',
      11,
      () => post('/v1/uncertain/resolution', { outcome: 'not-accepted', gateway: 'sandbox', ...evidence }),
    ],
  ] as const)('is planned again once settled, %s', async (_, last, settle) => {
    const { seriesId, name } = await lost(last);
    const before = await told(seriesId);
    expect((await settle(name)).status).toBe(200);
    expect(await told(seriesId)).toBe(before + 1);
  });
});
