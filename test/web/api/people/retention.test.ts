import { sql } from 'kysely';
import { DateTime, Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/platform/clock.ts';
import { cleanTenant } from '../../../../src/people/retention/retention.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { housekeepingPort } from '../../../../src/main/worker/activity-ports.ts';
import { dropMonths } from '../../../../src/sending/receipts/receipt.repository.ts';
import { aWorld } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, keyOf } = await served();
const post = (path: string, body: unknown = {}): Promise<Reply> => ask('POST', path, { key: admin, body });
const get = (path: string): Promise<Reply> => ask('GET', path, { key: admin });
const keysOf = () => database.withTenant(tenantId, (tx) => api.vault.tenant(tx));

/** The same clock, some time later by the law. */
const later = (away: object): Clock => ({
  revision: 1,
  offsetMs: Duration.fromObject(away).toMillis(),
  now: () => api.clock.now().plus(away),
  machine: () => api.clock.machine(),
  monotonic: () => performance.now(),
  doubt: () => undefined,
});
const clean = (away: object) =>
  cleanTenant({ database, clock: later(away), keysOf }, { tenantId, actor: 'system' });
const linesOf = (run: unknown): Record<string, number> => {
  const { lines } = run as { readonly lines: readonly { readonly what: string; readonly count: number }[] };
  return Object.fromEntries(lines.map(({ what, count }) => [what, count]));
};

/** The month in which this database was made: it may be over by now. */
async function firstMonth(): Promise<DateTime> {
  const row = await database.outside((tx) =>
    tx.first(sql<{ month: string }>`
      SELECT min(right(c.relname, 6)) AS month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'message'::regclass AND c.relname ~ '^message_[0-9]{6}$'`),
  );
  return DateTime.fromFormat(row?.month ?? '', 'yyyyMM', { zone: 'utc' });
}

/** A run that removes nothing leaves no row. */
const allRuns = async () => (await get('/v1/retention/runs?limit=500')).body.items;
const lastRun = async () => (await allRuns()).at(-1);

const world = aWorld({ ask, admin, clock: api.clock });
const agreed = (phone: string) => world.agreed(phone);

const known = async (phone: string): Promise<string> => (await post('/v1/contacts', { phone })).body.id;
const isThere = async (id: string): Promise<boolean> => (await get(`/v1/contacts/${id}`)).status === 200;

const consenting = await known('0639986001');
await agreed('0639986001');
const baseless = await known('0639986002');
const left = await known('0639986003');
await agreed('0639986003');
await post('/v1/consents/withdrawals', { contactId: left, purpose: 'marketing', channel: 'counter' });
const disputed = await known('0639986004');
await ask('PUT', `/v1/contacts/${disputed}/hold`, { key: admin, body: { reason: 'Plainte 12' } });

describe('a cleaning', () => {
  it('is rehearsed with counts, removing nothing', async () => {
    const { status, body } = await post('/v1/retention/rehearsals');
    expect([status, body.kind]).toEqual([201, 'rehearsal']);
    expect(linesOf(body)).toEqual({ 'contacts.NO_BASIS': 1, 'contacts.CONSENT_WITHDRAWN': 1 });
    expect(body.lines.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['RET-01', 'RET-01']);
    expect(await isThere(baseless)).toBe(true);
    expect((await get(`/v1/retention/runs/${body.id}`)).body).toEqual(body);
  });

  it('first notifies contacts without a basis', async () => {
    await clean({});
    expect(linesOf(await lastRun())).toEqual({ contactsNoticed: 2 });
    const { items } = (await get('/v1/retention/contacts')).body;
    const told = items.map(({ id, because, proposal }: Record<string, string>) => [id, because, proposal]);
    expect(told).toEqual([
      [baseless, 'NO_BASIS', 'reconfirmation'],
      [left, 'CONSENT_WITHDRAWN', 'reconfirmation'],
    ]);
    await clean({ days: 29 });
    expect(await isThere(baseless)).toBe(true);
  });

  it('keeps whoever consented meanwhile', async () => {
    const regained = await known('0639986005');
    await clean({});
    await agreed('0639986005');
    await clean({ days: 1 });
    const { items } = (await get('/v1/retention/contacts')).body;
    expect(items.map(({ id }: { id: string }) => id)).not.toContain(regained);
  });

  it('removes the others after 30 days, keeping suppressions', async () => {
    await clean({ days: 31 });
    expect(linesOf(await lastRun())).toMatchObject({ contactsRemoved: 2 });
    expect([await isThere(baseless), await isThere(left)]).toEqual([false, false]);
    expect([await isThere(consenting), await isThere(disputed)]).toEqual([true, true]);
    const again = await known('0639986003');
    const { body } = await get(`/v1/contacts/${again}/consents`);
    expect(body.purposes.marketing.sendable).toBe(false);
    const suppressed = await database.withTenant(tenantId, async (tx) => {
      const index = (await keysOf()).phoneIndex('+33639986003');
      return tx.rows(sql`SELECT 1 FROM suppression WHERE phone_index = ${index} AND lifted_at IS NULL`);
    });
    expect(suppressed).toHaveLength(1);
    expect((await get('/v1/audit/verification')).body.holds).toBe(true);
  });

  it('changes nothing when it runs again', async () => {
    await clean({ days: 31 });
    const runs = await allRuns();
    await clean({ days: 31 });
    expect(await allRuns()).toEqual(runs);
  });

  it('changes nothing when its round is repeated', async () => {
    const runs = await allRuns();
    const port = housekeepingPort({ database, clock: later({ days: 31 }), keysOf });
    expect([await port.cleanTenants({}), await port.cleanTenants({})]).toEqual([{}, {}]);
    expect(await allRuns()).toEqual(runs);
  });

  it('ends marketing consent after three silent years', async () => {
    await clean({ years: 2, months: 11 });
    expect((await get(`/v1/contacts/${consenting}/consents`)).body.purposes.marketing.sendable).toBe(true);
    await clean({ years: 3, months: 1 });
    const purposes = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ why: string }>`SELECT why FROM consent WHERE contact_id = ${consenting}::uuid`),
    );
    expect(purposes).toEqual([{ why: 'CONSENT_EXPIRED' }]);
    const kinds = await database.withTenant(tenantId, (tx) =>
      tx.rows(
        sql<{
          kind: string;
        }>`SELECT kind FROM consent_event WHERE contact_id = ${consenting}::uuid ORDER BY id`,
      ),
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['granted', 'expired']);
  });

  it('removes reminders’ texts when due', async () => {
    const keys = await keysOf();
    const batchId = uuidV7(api.clock.machine());
    const place = { table: 'message_text', column: 'sealed', row: `${batchId}/1` };
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`
        INSERT INTO message_text (batch_id, seq, tenant_id, sealed, remove_at)
        VALUES (${batchId}, 1, ${tenantId}, ${keys.seal(place, 'rappel')}, ${api.clock.now().plus({ days: 30 }).toISO()}::timestamptz)`),
    );
    const kept = async () =>
      (await database.withTenant(tenantId, (tx) => tx.rows(sql`SELECT 1 FROM message_text`))).length;
    await clean({ days: 29 });
    expect(await kept()).toBe(1);
    await clean({ days: 30, minutes: 1 });
    expect(await kept()).toBe(0);
    expect(linesOf(await lastRun())).toMatchObject({ texts: 1 });
  });

  it('is asked by an admin, run as workflow', async () => {
    const { status, body } = await post('/v1/retention/cleanings');
    expect([status, body.workflowId]).toEqual([202, `housekeeping/${tenantId}`]);
    const refused = await ask('POST', '/v1/retention/cleanings', { key: await keyOf('auditor'), body: {} });
    expect(refused.body.code).toBe('ROLE_NOT_ALLOWED');
  });
});

describe('what belongs to no tenant', () => {
  it('goes 30 days after it came in', async () => {
    const old = api.clock.now().minus({ days: 31 }).toISO();
    const young = api.clock.now().minus({ days: 29 }).toISO();
    const [account] = await database.outside((tx) =>
      tx.rows(sql<{ id: string }>`SELECT id FROM gateway_account`),
    );
    for (const [digest, at] of [
      ['old', old],
      ['young', young],
    ])
      await database.outside((tx) =>
        tx.run(sql`
          INSERT INTO receipt (id, account_id, digest, sealed, received_at, next_try_at)
          VALUES (gen_random_uuid(), ${account?.id}, ${Buffer.from(digest ?? '')}, '', ${at}::timestamptz, ${at}::timestamptz)`),
      );
    const port = housekeepingPort({ database, clock: api.clock, keysOf });
    // The second time it finds nothing to do.
    for (let times = 0; times < 2; times += 1) {
      await port.cleanInstance();
      const rows = await database.outside((tx) =>
        tx.rows(sql<{ digest: Buffer }>`SELECT digest FROM receipt`),
      );
      expect(rows.map(({ digest }) => digest.toString())).toEqual(['young']);
    }
  });

  it('keeps months in use, whatever the law clock', async () => {
    const keptSince = api.clock.now().plus({ years: 5 }).toISO();
    const first = await firstMonth();
    const droppedAfter = (months: number) => {
      const machine = first.plus({ months, days: 14 }).toISO() ?? '';
      return database.outside((tx) => dropMonths(tx, { machine, keptSince }));
    };
    expect([await droppedAfter(0), await droppedAfter(3)]).toEqual([0, 3]);
  });
});
