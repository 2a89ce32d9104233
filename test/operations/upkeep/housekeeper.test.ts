import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../../src/platform/clock.ts';
import type { Database } from '../../../src/platform/database/connection.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { openLog } from '../../../src/platform/log.ts';
import { makePartitions } from '../../../src/sending/batch/page.repository.ts';
import { Housekeeper } from '../../../src/operations/upkeep/housekeeper.ts';
import { served } from '../../web/server/served.ts';
import { aClient } from '../../support/database.ts';

const { database, clock, api, at, tenantId, ask, anotherTenant } = await served();
const client = await aClient(at.superUrl);

const query = async (text: string, values: unknown[] = []) =>
  (await client.query<Record<string, unknown>>(text, values)).rows;

let lines: string[] = [];
beforeEach(() => {
  lines = [];
});
const sink = new Writable({
  write: (chunk: Buffer, _, done) => {
    lines.push(chunk.toString());
    done();
  },
});
const log = openLog({ level: 'info', process: 'worker' }, sink);
const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
const aTurn = () => new Housekeeper({ database, clock, log, keysOf }).turn();

let aheadMs = 0;
clock.monotonic = () => performance.now() + aheadMs;

/** Reads the figures one minute later each time, because they are cached, longer after a slow count. */
async function figures(): Promise<string> {
  aheadMs += 60_000;
  return (await ask('GET', '/metrics')).text;
}

const partitions = async () =>
  (
    await query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'message'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => name);

const monthsAhead = (count: number) =>
  Array.from(
    { length: count },
    (_, months) => `message_${instant(clock.machine()).startOf('month').plus({ months }).toFormat('yyyyMM')}`,
  );

const daysAgo = (days: number) => instant(clock.machine()).minus({ days }).toISO();

/** Inserts an import in that state, last touched so many minutes ago. */
async function anImport(tenant: string, state: string, minutes = 0): Promise<string> {
  const id = randomUUID();
  await query(
    `INSERT INTO import (id, tenant_id, kind, source, state, options, actor, cursor, created_at)
     VALUES ($1, $2, 'contacts', 'default', $3, '{}', 'key:test', jsonb_build_object('touchedMs', $4::float8), $5)`,
    [id, tenant, state, clock.machine() - minutes * 60_000, daysAgo(0)],
  );
  return id;
}

describe('a turn of housekeeping', () => {
  it('makes three months of partitions, once', async () => {
    for (const name of monthsAhead(4).slice(1)) await query(`DROP TABLE IF EXISTS ${name}`);
    await aTurn();
    const [present = '', ...ahead] = monthsAhead(4);
    // The month in which this database was created may be over.
    const kept = (await partitions()).map(String).filter((name) => name >= present);
    expect(kept).toEqual([present, ...ahead, 'message_default']);
    const now = instant(clock.machine()).toISO();
    expect(await database.outside((tx) => makePartitions(tx, now, 3))).toBe(0);
  });

  it('raises an alarm while messages lack a month', async () => {
    await query(
      `INSERT INTO message (batch_id, seq, tenant_id, state) VALUES ('00000000-0000-7000-8000-000000000001', 1, $1, 'ready')`,
      [tenantId],
    );
    await aTurn();
    expect(lines.join('')).toContain('default partition');
    await expect.poll(figures).toContain('bonheure_stray_messages 1');
    await query(`DELETE FROM message_default`);
    await aTurn();
    await expect.poll(figures).toContain('bonheure_stray_messages 0');
  });

  it('shows in the metrics which accounts differ', async () => {
    await query(`INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES ($1, $2, 'ready', 3)`, [
      tenantId,
      randomUUID(),
    ]);
    await aTurn();
    await expect.poll(figures).toContain('bonheure_tally_differences 1');
    await query(`DELETE FROM tally`);
    await aTurn();
    await expect.poll(figures).toContain('bonheure_tally_differences 0');
  });

  it('deletes what is past its retention', async () => {
    const other = await anotherTenant();
    await anImport(tenantId, 'receiving', 16);
    const heard = await anImport(tenantId, 'receiving', 14);
    for (const tenant of [tenantId, other.id]) {
      for (const age of [31, 29])
        await query(
          `INSERT INTO rejected_row (import_id, line, tenant_id, code, detail, sealed, rejected_at) VALUES ($1, 1, $2, 'X', '', '', $3)`,
          [await anImport(tenant, 'queued'), tenant, daysAgo(age)],
        );
      for (const age of [1.1, 0.9])
        await query(
          `INSERT INTO idempotency_key (tenant_id, key_digest, body_digest, created_at) VALUES ($1, $2, 'x', $3)`,
          [tenant, randomBytes(32), daysAgo(age)],
        );
    }
    await aTurn();
    expect(await query(`SELECT tenant_id, count(*)::int AS n FROM rejected_row GROUP BY 1`)).toHaveLength(2);
    expect(await query(`SELECT 1 FROM rejected_row`)).toHaveLength(2);
    expect(await query(`SELECT 1 FROM idempotency_key`)).toHaveLength(2);
    expect(await query(`SELECT id FROM import WHERE state = 'receiving'`)).toEqual([{ id: heard }]);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ rejectedRows: 2, uploads: 1, keys: 2, level: 30 }),
    );
  });

  it('does the rest where one part fails', async () => {
    const forgotten = await anImport(tenantId, 'receiving', 16);
    let asked = 0;
    const failing: Database = {
      ...database,
      outside: (work) =>
        (asked += 1) === 1 ? Promise.reject(new Error('a poison')) : database.outside(work),
    };
    await expect(new Housekeeper({ database: failing, clock, log, keysOf }).turn()).rejects.toThrow(
      'a poison',
    );
    expect(await query(`SELECT 1 FROM import WHERE id = $1`, [forgotten])).toEqual([]);
  });

  it('deletes for other tenants where one fails', async () => {
    const tenants = [tenantId, (await anotherTenant()).id, (await anotherTenant()).id].toSorted();
    const imports = new Map<string, string>();
    for (const tenant of tenants) imports.set(tenant, await anImport(tenant, 'receiving', 16));
    const [poisoned = ''] = tenants;
    const failing: Database = {
      ...database,
      withTenant: (tenant, work) =>
        tenant === poisoned ? Promise.reject(new Error('a poison')) : database.withTenant(tenant, work),
    };
    await expect(new Housekeeper({ database: failing, clock, log, keysOf }).turn()).rejects.toThrow(
      'a poison',
    );
    expect(await query(`SELECT id FROM import WHERE id = ANY ($1)`, [[...imports.values()]])).toEqual([
      { id: imports.get(poisoned) },
    ]);
  });

  it('reports what failed for one tenant only', async () => {
    const poisoned = (await anotherTenant()).id;
    const failing = (id: string) => (id === poisoned ? Promise.reject(new Error('a poison')) : keysOf(id));
    const housekeeper = new Housekeeper({ database, clock, log, keysOf: failing });
    await expect(housekeeper.turn()).rejects.toThrow('a poison');
    expect(lines.join('')).not.toContain('housekeeping is done');
  });

  it('is done once a minute, however often asked', async () => {
    const housekeeper = new Housekeeper({ database, clock, log, keysOf });
    await housekeeper.turn();
    const told = lines.length;
    await housekeeper.turn();
    expect([told, lines.length]).toEqual([1, 1]);
  });
});

describe('a watch over what was handed to operators', () => {
  const decided = async (decidedAt: string, { markedAfterMs }: { readonly markedAfterMs: number }) => {
    const machineMs = Date.parse(decidedAt);
    const [decisionId, batchId, id] = [uuidV7(machineMs), randomUUID(), uuidV7(machineMs + markedAfterMs)];
    await query(
      `INSERT INTO decision (id, tenant_id, batch_id, purpose, territory, time_zone, verdict, at, until, profile, rules_version, calendar_version, rules, inputs, clock_revision)
       VALUES ($1, $2, $3, 'marketing', 'FR', 'Europe/Paris', 'allow', $4, $4::timestamptz + interval '10 seconds', 'fr-seed-strict', '1', '1', '[]', '{}', 1)`,
      [decisionId, tenantId, batchId, decidedAt],
    );
    await query(
      `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, decision_id, marked_at, body_digest)
       VALUES ($1, $2, $3, $3, 1, 'k', 1, $4, $5, '')`,
      [id, tenantId, batchId, decisionId, new Date(machineMs + markedAfterMs).toISOString()],
    );
  };

  /** Inserts a call that a restored database supposes it has made. */
  const supposed = (lostAt: string) =>
    query(
      `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
       VALUES ($1, $2, $3, $3, 1, 'k', 1, $4, '')`,
      [uuidV7(Date.parse(lostAt)), tenantId, randomUUID(), lostAt],
    );

  it('counts calls outside their decision once', async () => {
    const tenMinutesAgo = instant(clock.machine()).minus({ minutes: 10 }).toISO();
    await query("UPDATE instance SET attempts_seen_at = $1::timestamptz - interval '1 minute'", [
      tenMinutesAgo,
    ]);
    await decided(tenMinutesAgo, { markedAfterMs: 9_000 });
    await decided(tenMinutesAgo, { markedAfterMs: 11_000 });
    await supposed(tenMinutesAgo);
    await aTurn();
    await aTurn();
    expect(await query('SELECT attempts_outside::int AS n FROM instance')).toEqual([{ n: 1 }]);
    expect(lines.join('')).toContain('began outside their decision');
  });
});
