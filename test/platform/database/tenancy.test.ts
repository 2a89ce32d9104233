import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { aDatabase, aClient, anOpenDatabase } from '../../support/database.ts';

/** Tables that belong to no tenant, and why. */
const NOBODYS: Record<string, string> = {
  instance: 'the clock, the seal and the heartbeat of the whole instance',
  instance_key: 'wrapped keys of the instance itself',
  process: 'api and worker processes, whoever they work for',
  process_figures: 'their memory and connections',
  account_bill: 'what an operator says it counted, whoever sent through it',
  submission_count: 'answers of an account, whoever sent through it',
  journal_vouch: 'a process serves every tenant',
  gateway_account: 'an account at an operator may serve several tenants',
  rate_share: 'an account’s rate is shared by all who send through it',
  receipt: 'a receipt is kept before its owner is known, sealed',
  inbound: 'a reply is kept before its owner is known, sealed',
  reply_part: 'a part of a reply is kept before its owner is known, sealed',
  unread_delivery: 'what nobody could read has no owner yet, sealed',
  kept_size: 'how much of an account is kept, whoever sends through it',
  account_trial: 'the instance tries an account, whoever sends through it',
  account_trial_call: 'what an operator told during a trial has no owner yet, sealed',
  migration: 'the migrator’s own',
};

/** What functions of the owner read of these tables, made by a function of the application. */
const PG_CLASS = `pg_temp.mine() AS relname, 'public'::regnamespace AS relnamespace, 'r'::"char" AS relkind, 'public.tenant'::regclass::oid AS oid, -1::int AS relpages`;
const TENANT = `pg_temp.mine() AS name, gen_random_uuid() AS id`;

const test = await aDatabase();
const database = await anOpenDatabase({ url: test.appUrl, connections: 2, name: 'test' });
const client = await aClient(test.superUrl);

const names = async (text: string): Promise<string[]> =>
  (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);

const TABLES = `FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`;

describe('I6, every table', () => {
  it('has a forced policy, or a listed reason', async () => {
    const open = await names(
      `SELECT c.relname AS name ${TABLES} AND NOT c.relispartition AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1`,
    );
    expect(open).toEqual(Object.keys(NOBODYS).toSorted());
  });

  it('compares its tenant with the transaction’s', async () => {
    const policies = await client.query<{ tablename: string; qual: string; with_check: string }>(
      `SELECT tablename, qual, with_check FROM pg_policies WHERE schemaname = 'public' AND policyname = 'same_tenant'`,
    );
    const odd = policies.rows.filter(
      ({ qual, with_check: check }) => !qual.includes('bonheure.tenant') || qual !== check,
    );
    expect(odd).toEqual([]);
    expect(policies.rows.length).toBeGreaterThan(30);
  });

  it('belongs to somebody else than the application', async () => {
    expect(
      await names(
        `SELECT c.relname AS name ${TABLES} AND pg_get_userbyid(c.relowner) IN ('bonheure_app', 'bonheure_lookup')`,
      ),
    ).toEqual([]);
    expect(
      await names(
        `SELECT rolname AS name FROM pg_roles WHERE rolname = 'bonheure_app' AND (rolsuper OR rolbypassrls OR rolcreaterole)`,
      ),
    ).toEqual([]);
  });

  it('lets nothing be read of a partition directly', async () => {
    const readable = await names(
      `SELECT c.relname AS name ${TABLES} AND c.relispartition AND has_table_privilege('bonheure_app', c.oid, 'SELECT')`,
    );
    expect(readable).toEqual([]);
  });

  it('is locked, rebuilt, analyzed only by its owner', async () => {
    await client.query(`SELECT make_message_partitions('2031-01-01', 2)`);
    const kept = await names(
      `SELECT c.relname AS name ${TABLES} AND has_table_privilege('bonheure_app', c.oid, 'MAINTAIN')`,
    );
    expect(kept).toEqual([]);
  });
});

describe('I6, the questions asked before a tenant is known', () => {
  it('are a closed list with fixed search path', async () => {
    const definers = await client.query<{ name: string; path: string | null }>(
      `SELECT proname AS name, array_to_string(proconfig, ',') AS path FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    expect(definers.rows.map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "anything_submitting",
        "attempts_outside_between",
        "drop_message_partitions",
        "due_intents",
        "due_webhooks",
        "due_work",
        "every_tenant",
        "has_stray_messages",
        "has_submissions",
        "late_campaigns",
        "listed_tenants",
        "make_message_partitions",
        "measure_grown",
        "measure_messages",
        "message_sums",
        "next_work",
        "open_work",
        "owners_of_receipt",
        "owners_of_receipts",
        "tallied_since",
        "tenant_named",
        "tenant_of_batch",
        "tenant_of_form",
        "tenant_of_key",
        "tenant_of_series",
        "tenant_of_token",
        "tenants_of_account",
        "tenants_of_batches",
        "tenants_of_old_webhooks",
        "tenants_to_link",
        "unread_suppressions",
        "webhook_sums",
        "work_sums",
      ]
    `);
    const safe = 'search_path=pg_catalog, public, pg_temp';
    const byKeys = `${safe},enable_seqscan=off,enable_bitmapscan=off`;
    expect(definers.rows.filter(({ path }) => path !== safe && path !== byKeys)).toEqual([]);
  });

  it.each([
    { table: 'pg_class', columns: PG_CLASS, call: `measure_grown(ARRAY['brand']::text[])` },
    { table: 'tenant', columns: TENANT, call: `every_tenant('00000000-0000-0000-0000-000000000000', 10)` },
  ])('never run code of the application: $table', async ({ table, columns, call }) => {
    const app = new Client({ connectionString: test.appUrl });
    const ran: string[] = [];
    app.on('notice', ({ message }) => ran.push(message ?? ''));
    await app.connect();
    try {
      await app.query(`CREATE FUNCTION pg_temp.mine() RETURNS name LANGUAGE plpgsql AS
        $$ BEGIN RAISE NOTICE '%', current_user; RETURN 'brand'; END $$`);
      await app.query(`CREATE TEMP VIEW ${table} AS SELECT ${columns}`);
      await app.query(`GRANT SELECT ON pg_temp.${table} TO PUBLIC`);
      await app.query(`SELECT * FROM pg_temp.${table}`);
      expect(ran).toEqual(['bonheure_app']);
      await app.query(`SELECT * FROM ${call}`);
      expect(ran).toEqual(['bonheure_app']);
    } finally {
      await app.end();
    }
  });
});

describe('I6, another tenant', () => {
  it('is neither read, nor written, nor counted', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    for (const id of [mine, theirs]) {
      await database.withTenant(id, (tx) =>
        tx.run(
          sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES (${id}, 'a', 'b', '2026-01-01', '2026-01-01')`,
        ),
      );
    }
    const seen = await database.withTenant(mine, (tx) => tx.rows(sql<{ id: string }>`SELECT id FROM tenant`));
    expect(seen).toEqual([{ id: mine }]);
    await expect(
      database.withTenant(mine, (tx) =>
        tx.run(
          sql`INSERT INTO brand (id, tenant_id, external_id, name, created_at) VALUES (${randomUUID()}, ${theirs}, 'x', 'x', '2026-01-01')`,
        ),
      ),
    ).rejects.toThrow('row-level security');
    expect(
      await database.withTenant(mine, (tx) =>
        tx.run(sql`UPDATE tenant SET name = 'taken' WHERE id = ${theirs}`),
      ),
    ).toBe(0);
    expect(await database.outside((tx) => tx.rows(sql`SELECT id FROM tenant`))).toEqual([]);
  });

  it('is entered by a shared transaction only deliberately', async () => {
    const id = randomUUID();
    await database.withTenant(id, (tx) =>
      tx.run(
        sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES (${id}, 'a', 'b', '2026-01-01', '2026-01-01')`,
      ),
    );
    const seen = await database.outside(async (tx) => (await tx.as(id)).rows(sql`SELECT id FROM tenant`));
    expect(seen).toEqual([{ id }]);
  });
});
