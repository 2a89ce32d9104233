import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/platform/clock.ts';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import { recordConsents } from '../../../../src/people/consent/record-consents.ts';
import { upsertContacts } from '../../../../src/people/contact/upsert-contacts.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { readPhone } from '../../../../src/sms/number/phone-number.ts';
import { aWorld } from '../../../support/world.ts';
import { served } from '../../server/served.ts';

const { ask, admin, api, clock, database, tenantId, keyOf } = await served();
const REPORT = '/v1/reports/compliance';
/** Keys by turns: of the exports of a tenant one key has half. */
const keys = [admin, await keyOf('auditor')];
let turn = 0;
const report = async (headers: Record<string, string> = {}) =>
  ask('GET', REPORT, { key: keys[(turn += 1) % 2] ?? admin, headers });

const world = aWorld({ ask, admin, clock });
for (const phone of ['0639987101', '0639987102', '0639987103']) await world.agreed(phone);
await ask('POST', '/v1/consents/withdrawals', {
  key: admin,
  body: {
    phone: '0639987101',
    purpose: 'marketing',
    channel: 'phone',
    occurredAt: clock.now().minus({ hours: 2 }).toISO(),
  },
});

interface Attempt {
  readonly verdict?: 'allow' | 'hold';
  /** How long after its decision it was marked, and how long that decision was good for. */
  readonly markedAfterMs: number;
  readonly goodForMs: number;
  /** Mainland by default. */
  readonly place?: { readonly territory: string; readonly timeZone: string };
  /** By default the law's now. */
  readonly decided?: DateTime;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const batchId = uuidV7(api.clock.machine());

/** One message handed to the sandbox under a decision of this moment. */
async function attempted({ verdict = 'allow', markedAfterMs, goodForMs, ...about }: Attempt): Promise<void> {
  const { place = { territory: 'FR', timeZone: 'Europe/Paris' }, decided = clock.now(), inputs = {} } = about;
  const decisionId = uuidV7(api.clock.machine());
  const marked = new Date(api.clock.machine() + markedAfterMs).toISOString();
  await database.withTenant(tenantId, async (tx) => {
    const account = await tx.first(sql<{ id: string }>`SELECT id FROM gateway_account LIMIT 1`);
    await tx.run(sql`
      INSERT INTO batch (id, tenant_id, kind, account_id, purpose, territory, time_zone, created_at)
      VALUES (${batchId}, ${tenantId}, 'acknowledgements', ${account?.id}, 'marketing', 'FR', 'Europe/Paris', ${decided.toISO()}::timestamptz)
      ON CONFLICT DO NOTHING`);
    await tx.run(sql`
      INSERT INTO decision (id, tenant_id, batch_id, purpose, territory, time_zone, verdict, at, until, profile,
                            rules_version, calendar_version, rules, inputs, clock_revision)
      VALUES (${decisionId}, ${tenantId}, ${batchId}, 'marketing', ${place.territory}, ${place.timeZone}, ${verdict}, ${decided.toISO()}::timestamptz,
              ${decided.plus(goodForMs).toISO()}::timestamptz, 'fr-seed-strict', '1', '1',
              '[{"id":"WIN-02","title":"Pas de dimanche","effect":"bars"},{"id":"WIN-01","title":"8 h à 20 h","effect":"allows"}]',
              ${JSON.stringify(inputs)}::jsonb, 1)`);
    await tx.run(sql`
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, decision_id, marked_at, body_digest)
      VALUES (${uuidV7(api.clock.machine())}, ${tenantId}, ${account?.id}, ${batchId}, 1, 'k', 1, ${decisionId}, ${marked}::timestamptz, '')`);
  });
}

/** Somebody whose agreement is on record since then. */
async function agreedThreeDaysAgo(phone: string): Promise<void> {
  const now = () => clock.now().minus({ days: 3 });
  const machine = () => now().toMillis();
  const then: Clock = {
    revision: 1,
    offsetMs: 0,
    now,
    machine,
    monotonic: () => clock.monotonic(),
    doubt: () => undefined,
  };
  const line = readPhone(phone);
  if (line.kind === 'unreadable') throw new Error(phone);
  await database.withTenant(tenantId, async (tx) => {
    const deps = { keys: await api.vault.tenant(tx), clock: then };
    const [holder] = await upsertContacts(tx, deps, [{ line }]);
    const evidence = { documentRef: 'BULL-8' };
    const grantedAt = then.now().toISO();
    const said = {
      purpose: 'marketing',
      method: 'paper',
      wordingId: await world.wording(),
      actor: 'key:test',
    } as const;
    await recordConsents(tx, deps, [{ contactId: holder?.id ?? '', ...said, evidence, grantedAt }]);
  });
}

describe('a compliance report', () => {
  it('counts consents by source, opt-outs by channel', async () => {
    const { status, body } = await report();
    expect(status).toBe(200);
    expect(body.consentsBySource).toEqual([
      { purpose: 'marketing', basis: 'consent', method: 'paper', proof: 'held', grants: 3 },
    ]);
    expect(body.leavings).toMatchObject([{ channel: 'phone', kind: 'withdrawn', heard: 1 }]);
    expect(body.leavings[0].maxMs).toBeGreaterThanOrEqual(7_200_000);
    expect(body.chains.consents).toHaveProperty('links');
  });

  it('raises no alert within decisions', async () => {
    await attempted({ markedAfterMs: 10, goodForMs: 60_000 });
    const { body } = await report();
    expect(body).toMatchObject({
      alerts: [],
      attemptsOutsideWindow: 0,
      attemptsWithoutDecision: 0,
      held: [],
    });
    expect(body.attempts).toMatchObject([{ account: 'sandbox', purpose: 'marketing', messages: 1 }]);
  });

  it('reports what left outside decisions, with advice', async () => {
    await attempted({ markedAfterMs: 60_000, goodForMs: 60_000 });
    await attempted({ verdict: 'hold', markedAfterMs: 10, goodForMs: 60_000 });
    const { body } = await report({ 'Accept-Language': 'en' });
    expect(body.attemptsOutsideWindow).toBe(2);
    expect(body.alerts).toEqual([expect.stringContaining('halt')]);
    expect(body.held).toEqual([
      { purpose: 'marketing', ruleId: 'WIN-02', title: 'Pas de dimanche', decisions: 1, batches: 1 },
    ]);
  });

  it.each([
    ['nobody said which island', { timeZone: 'Pacific/Tahiti' }, {}, 1],
    [
      'the island was known to be Tahiti',
      { timeZone: 'Pacific/Tahiti' },
      { timeZones: ['Pacific/Tahiti'] },
      0,
    ],
    ['the zone of the Marquesas was told', { timeZone: 'Pacific/Marquesas' }, {}, 0],
  ])('judges Polynesia’s evening by the strictest where %s', async (_why, { timeZone }, inputs, more) => {
    // 19:15 in Tahiti is 19:45 in the Marquesas and 20:15 in the Gambier. Wednesday.
    const decided = DateTime.fromISO('2027-04-14T19:15', { zone: 'Pacific/Tahiti' });
    const period = `from=2027-04-14T00:00:00Z&to=2027-04-16T00:00:00Z`;
    const counted = async () => (await ask('GET', `${REPORT}?${period}`, { key: admin })).body;
    const before = (await counted()).attemptsOutsideWindow;
    await attempted({
      markedAfterMs: 10,
      goodForMs: 2_700_000,
      place: { territory: 'PF', timeZone },
      decided,
      inputs,
    });
    const { attemptsOutsideWindow, alerts } = await counted();
    expect(attemptsOutsideWindow - before).toBe(more);
    expect(alerts.join(' ')).toContain(attemptsOutsideWindow > 0 ? 'strict' : '');
  });

  it('shows how lost messages ended', async () => {
    const submission = uuidV7(api.clock.machine());
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`
        INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, outcome, outcome_at)
        SELECT ${submission}, ${tenantId}, account_id, id, 1, 'lost', 5, clock_timestamp(), '', 'unknown', clock_timestamp()
          FROM batch WHERE id = ${batchId}`);
      await tx.run(sql`
        INSERT INTO message (batch_id, seq, tenant_id, state, reason, submission_id)
        SELECT ${batchId}, seq, ${tenantId}, state::message_state, reason, ${submission}
          FROM (VALUES (901, 'delivered', NULL), (902, 'failed', 'NOT_ACCEPTED'), (903, 'uncertain', 'TIMEOUT'), (904, 'uncertain', 'TIMEOUT'), (905, 'uncertain', 'TIMEOUT')) AS m(seq, state, reason)`);
    });
    for (const seq of [904, 905]) {
      const found = { outcome: 'not-accepted', evidence: 'The console of the operator does not show it.' };
      const path = `/v1/messages/ack_${batchId}_${seq}/resolution`;
      expect((await ask('POST', path, { key: admin, body: found })).body.state).toBe('ready');
    }
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`
        UPDATE message SET state = 'accepted', submission_id = (SELECT id FROM submission WHERE id <> ${submission} LIMIT 1)
         WHERE batch_id = ${batchId} AND seq = 904`);
      await tx.run(
        sql`UPDATE message SET state = 'excluded', reason = 'SUPPRESSED' WHERE batch_id = ${batchId} AND seq = 905`,
      );
    });
    const { uncertain } = (await report()).body;
    await database.withTenant(tenantId, (tx) =>
      tx.run(
        sql`UPDATE message SET state = 'accepted', reason = NULL WHERE batch_id = ${batchId} AND seq = 903`,
      ),
    );
    const { uncertain: after } = (await report()).body;
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`DELETE FROM submission WHERE id = ${submission}`);
      await tx.run(
        sql`UPDATE message SET state = 'delivered', reason = NULL WHERE submission_id = ${submission}`,
      );
    });
    expect(uncertain.ended).toEqual({
      accepted: 1,
      notAccepted: 1,
      sentAgain: 1,
      notSentAgain: 1,
      stillUnknown: 1,
    });
    expect([uncertain.calls, after.calls]).toEqual([{ open: 1 }, { resolved: 1 }]);
  });

  it('shows withdrawals recorded too late', async () => {
    const withdrawn = (phone: string) => ({
      key: admin,
      body: {
        phone,
        purpose: 'marketing',
        channel: 'letter',
        occurredAt: clock.now().minus({ hours: 49 }).toISO(),
      },
    });
    await ask('POST', '/v1/consents/withdrawals', withdrawn('0639987109'));
    const letters = async () => {
      const { body } = await report({ 'Accept-Language': 'en' });
      const leaving = body.leavings.find(({ channel }: { channel: string }) => channel === 'letter');
      return { ...leaving, alerts: body.alerts.join(' ') };
    };
    expect(await letters()).toMatchObject({ late: 1, lateWhileSendable: 0 });
    expect((await letters()).alerts).not.toContain('48 hours');
    await agreedThreeDaysAgo('0639987104');
    await ask('POST', '/v1/consents/withdrawals', withdrawn('0639987104'));
    expect(await letters()).toMatchObject({ late: 2, lateWhileSendable: 1 });
    expect((await letters()).alerts).toContain('48 hours');
  });

  // So a copy can be compared with the original.
  it('is signed by an audited digest', async () => {
    const { body } = await report();
    const { sha256, ...rest } = body;
    expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(sha256);
    const audit = await ask('GET', '/v1/audit?limit=500', { key: admin });
    expect(audit.body.items.at(-1)).toMatchObject({ action: 'compliance.reported', details: { sha256 } });
  });

  it('prints in French without names', async () => {
    const page = await report({ Accept: 'text/html', 'Accept-Language': 'fr' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('Remises hors horaire (doit être 0)');
    expect(page.text).not.toContain('39987101');
  });

  it('of two days covers both whole', async () => {
    const { body } = await ask('GET', `${REPORT}?from=2027-03-27&to=2027-03-28`, { key: admin });
    expect(body.period).toEqual({ from: '2027-03-26T23:00:00.000Z', to: '2027-03-28T22:00:00.000Z' });
  });

  it('is refused to marketers and backward periods', async () => {
    expect((await ask('GET', REPORT, { key: await keyOf('marketer') })).body.code).toBe('ROLE_NOT_ALLOWED');
    const backwards = await ask('GET', `${REPORT}?from=2027-02-01&to=2027-01-01`, { key: admin });
    expect(backwards.body.code).toBe('DATE_INVALID');
  });
});

describe('GET /v1/reports/sends', () => {
  const sends = async (query = '', key = admin) => ask('GET', `/v1/reports/sends${query}`, { key });

  it('counts departures by the recipient’s hour', async () => {
    const [batch, submission] = [uuidV7(api.clock.machine()), uuidV7(api.clock.machine())];
    const accepted = clock.now().minus({ days: 1 }).setZone('Indian/Reunion').set({ hour: 9, minute: 5 });
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`
        INSERT INTO batch (id, tenant_id, kind, account_id, purpose, territory, time_zone, created_at)
        SELECT ${batch}, ${tenantId}, 'acknowledgements', id, 'renewal', 'RE', 'Indian/Reunion', ${accepted.toISO()}::timestamptz
          FROM gateway_account LIMIT 1`);
      await tx.run(sql`
        INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
        SELECT ${submission}, ${tenantId}, account_id, id, 1, 'sends-1', 2, clock_timestamp(), '' FROM batch WHERE id = ${batch}`);
      await tx.run(sql`
        INSERT INTO message (batch_id, seq, tenant_id, state, submission_id, accepted_at, final_at)
        SELECT ${batch}, seq, ${tenantId}, state::message_state, ${submission}, ${accepted.toISO()}::timestamptz, ${accepted.toISO()}::timestamptz
          FROM (VALUES (1, 'delivered'), (2, 'undelivered')) AS m(seq, state)`);
    });
    const { body } = await sends('?purpose=renewal');
    expect(body.hours).toEqual([
      { on: accepted.toISODate(), hour: 9, messages: 2, delivered: 1, undelivered: 1 },
    ]);
    expect(body.windows.length).toBeGreaterThan(0);
    expect(body.stopDelay.steps.map(({ withinMs }: { withinMs: number | null }) => withinMs)).toEqual([
      1_000,
      5_000,
      30_000,
      60_000,
      3_600_000,
      null,
    ]);
    expect((await sends()).body.hours).toEqual([]);
  });

  it('hides reminders from marketers, and long periods', async () => {
    const marketer = await keyOf('marketer');
    expect((await sends('', marketer)).status).toBe(200);
    expect((await sends('?purpose=renewal', marketer)).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await sends('?from=2027-01-01&to=2027-02-01')).body.code).toBe('INVALID_REQUEST');
    expect((await sends('?from=2027-02-02&to=2027-02-01')).status).toBe(400);
  });
});
