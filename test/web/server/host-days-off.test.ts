import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { readCustomersTurns } from '../../../src/people/consent/consent.repository.ts';
import { recordAudit } from '../../../src/company/audit/audit-entry.repository.ts';
import { afterFile } from '../../support/after-file.ts';
import { consoleFilled } from '../console/filled.ts';
import { consoleServed, type ConsoleServed } from '../console/served.ts';
import type { Reply } from './served.ts';

const HOUR_MS = 3_600_000;
const AWAY_MS = 29 * HOUR_MS;
const LAW_AT = '2026-11-24T10:00:00+01:00';

/** A host that is more than a day off, and everything that a console shows made through it. */
async function aHost(hostAheadMs: number): Promise<ConsoleServed> {
  const world = await consoleServed({ lawAt: LAW_AT, hostAheadMs });
  await consoleFilled(world);
  return world;
}

const [ahead, behind] = [await aHost(AWAY_MS), await aHost(-AWAY_MS)];

interface Column {
  readonly table: string;
  readonly column: string;
}

/** Each column that keeps an instant, of every table. */
const instants = ({ database }: ConsoleServed): Promise<Column[]> =>
  database.outside((tx) =>
    tx.rows(sql<Column>`
      SELECT c.table_name AS "table", c.column_name AS "column"
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'timestamp with time zone'
       ORDER BY 1, 2`),
  );

/** Whoever sees the rows of every tenant. */
async function lookingInto({ at }: ConsoleServed): Promise<Client> {
  const client = new Client({ connectionString: at.superUrl });
  await client.connect();
  afterFile(() => client.end());
  return client;
}

/** The columns in which something stands that is nearer to this wrong instant of the law than an hour. */
async function wrongOf(world: ConsoleServed, awayMs: number): Promise<string[]> {
  const wrong = DateTime.fromISO(LAW_AT).plus(awayMs);
  const [from, to] = [wrong.minus({ hours: 1 }).toISO(), wrong.plus({ hours: 1 }).toISO()];
  const client = await lookingInto(world);
  const found: string[] = [];
  for (const { table, column } of await instants(world)) {
    const { rowCount } = await client.query(
      `SELECT 1 FROM "${table}" WHERE "${column}" >= $1 AND "${column}" < $2 LIMIT 1`,
      [from, to],
    );
    if (rowCount === 1) found.push(`${table}.${column}`);
  }
  return found;
}

describe.each([
  ['29 hours ahead', ahead, AWAY_MS],
  ['29 hours behind', behind, -AWAY_MS],
] as const)('a host that is %s', (_, world, awayMs) => {
  const post = (path: string, body: object): Promise<Reply> =>
    world.ask('POST', path, { key: world.admin, body });
  const lawNow = async (): Promise<DateTime> =>
    world.database.outside(async (tx) => {
      const row = await tx.first(sql<{ at: string }>`
        SELECT iso(clock_timestamp() + clock_offset_ms * interval '1 ms') AS at FROM instance`);
      return DateTime.fromISO(row?.at ?? '');
    });

  const agrees = async (phone: string, grantedAt: DateTime): Promise<Reply> => {
    const text = 'Oui aux ventes privées de Ma société par SMS. STOP pour arrêter.';
    const inUseFrom = '2026-01-01T00:00:00+01:00';
    const wording = await post('/v1/wordings', { purpose: 'marketing', text, inUseFrom });
    return post('/v1/consents', {
      phone,
      purpose: 'marketing',
      wordingId: wording.body.id,
      method: 'paper',
      grantedAt: grantedAt.toISO(),
      evidence: { documentRef: `${phone} ${grantedAt.toISO()}` },
    });
  };

  const leaves = async (phone: string): Promise<void> => {
    const { status, text } = await post('/v1/consents/withdrawals', {
      phone,
      purpose: 'all',
      channel: 'phone',
    });
    expect([status, text]).toEqual([201, expect.any(String)]);
  };

  const eventsOf = (phone: string) =>
    world.database.withTenant(world.tenantId, async (tx) => {
      const keys = await world.api.vault.tenant(tx);
      return tx.rows(sql<{ kind: string; recordedAt: string }>`
        SELECT e.kind, iso(e.recorded_at) AS "recordedAt" FROM consent_event e JOIN contact c ON c.id = e.contact_id
         WHERE c.phone_index = ${keys.phoneIndex(phone)} ORDER BY e.occurred_at, e.id`);
    });

  it('keeps no wrong legal instant in any column', async () => {
    const all = await instants(world);
    expect(all.length).toBeGreaterThan(100);
    expect(await wrongOf(world, awayMs)).toEqual([]);
  });

  it('records an opt-out after earlier consents', async () => {
    const phone = '+33639983181';
    const now = await lawNow();
    await agrees(phone, now.minus({ minutes: 1 }));
    await leaves(phone);
    const events = await eventsOf(phone);
    expect(events.map(({ kind }) => kind)).toEqual(['granted', 'withdrawn']);
    for (const { recordedAt } of events)
      expect(Math.abs(DateTime.fromISO(recordedAt).diff(now).as('minutes'))).toBeLessThan(30);
  });

  it('accepts no older consent as a return', async () => {
    const phone = '+33639983182';
    const now = await lawNow();
    await agrees(phone, now.minus({ days: 3 }));
    await leaves(phone);
    const again = await agrees(phone, now.minus({ minutes: 5 }));
    expect([again.status, again.body.code]).toEqual([409, 'PROOF_NOT_NEW']);
  });

  it('refuses tomorrow’s consent, and accepts a recent one', async () => {
    const now = await lawNow();
    const answers = [
      await agrees('+33639983183', now.plus({ hours: 20 })),
      await agrees('+33639983184', now.minus({ minutes: 1 })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 201]);
  });

  it('closes a practice for people still expected', async () => {
    const booking = async (id: string, startsAt: DateTime): Promise<void> => {
      const contact = { phone: '+33639983185' };
      const wording = 'J’accepte les rappels par SMS.';
      const consent = { method: 'paper', grantedAt: '2026-08-21T03:30', wording };
      const later = startsAt.plus({ days: 3 }).setZone('Europe/Paris').toFormat("yyyy-MM-dd'T'HH:mm");
      const booked = { startsAt: later, practice: 'tilleuls', contact, consent };
      const { status, body, text } = await world.ask('PUT', `/v1/appointments/${id}`, {
        key: world.admin,
        body: booked,
      });
      expect([status, body.state, text]).toEqual([201, 'open', expect.any(String)]);
      // Its reminder has left three days before, as far as the closure knows.
      await world.database.withTenant(world.tenantId, (tx) =>
        tx.run(sql`UPDATE reminder_series SET state = 'completed', ended_at = created_at, event_at = ${startsAt.toISO()}::timestamptz
          WHERE id = ${body.seriesId}::uuid`),
      );
    };
    const now = await lawNow();
    await booking('COMES', now.plus({ hours: 10 }));
    await booking('CAME', now.minus({ hours: 10 }));
    const days = { from: now.minus({ days: 2 }).toISODate(), to: now.plus({ days: 2 }).toISODate() };
    await post('/v1/appointments/closures', { practice: 'tilleuls', ...days });
    const states = await Promise.all(
      ['COMES', 'CAME'].map(async (id) => {
        const answer = await world.ask('GET', `/v1/appointments/${id}`, { key: world.admin });
        return String(answer.body.state);
      }),
    );
    expect(states).toEqual(['cancelled', 'completed']);
  });
});

describe('advertising to customers', () => {
  it('stays closed after closing under a slow clock', async () => {
    const { database, tenantId } = ahead;
    await database.withTenant(tenantId, async (tx) => {
      const machineMs = Date.now();
      const done = (act: string) => ({ actor: 'key:test', action: `customers.${act}`, details: {} });
      await recordAudit(tx, done('opened'), { at: '2026-11-24T10:00:00Z', machineMs });
      await recordAudit(tx, done('closed'), {
        at: '2026-11-24T11:00:00Z',
        machineMs: machineMs - 24 * HOUR_MS,
      });
    });
    const turns = await database.withTenant(tenantId, readCustomersTurns);
    expect(turns.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  });
});
