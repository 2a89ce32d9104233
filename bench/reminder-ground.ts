import path from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { openDatabase, type Database, type Transaction } from '../src/platform/database/connection.ts';
import { openKeyRing } from '../src/settings/key-ring.ts';
import { newPersonKey, type TenantKeys } from '../src/crypto/tenant-keys.ts';
import { uuidV7 } from '../src/base/random.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import { sealDetails } from '../src/reminders/series/series.ts';
import { firstTenantId } from '../src/company/tenant/tenant.repository.ts';
import type { Instance } from '../test/support/instance.ts';
import { clock } from './ground.ts';

const AT_ONCE = 5_000;

/** The tables that a booked series has rows in, but for its person's. */
const COPIED = { batch: 'series_id', reminder_series: 'id', reminder_step: 'series_id' } as const;

/**
 * Puts so many more series to sleep beside one that was booked: rows like its own, of people of their own.
 *
 * They are open in PostgreSQL and planned for the same far moment. Temporal is not told of them.
 */
export async function asleep(instance: Instance, count: number, seriesId: string): Promise<void> {
  const { databaseUrl } = await instance.run();
  const database = await openDatabase({ url: databaseUrl, connections: 2, name: 'bench sleepers' });
  try {
    const vault = new Vault(
      await openKeyRing(path.join(instance.folder, 'data', 'keys', 'key-encryption.json')),
    );
    const tenantId = (await database.outside(firstTenantId)) ?? '';
    const keys = await database.withTenant(tenantId, (tx) => vault.tenant(tx));
    for (let first = 0; first < count; first += AT_ONCE)
      await someAsleep(database, keys, { seriesId, first, count: Math.min(AT_ONCE, count - first) });
  } finally {
    await database.close();
  }
  await atRest(databaseUrl.replace('bonheure_app', 'postgres'));
}

/** What was just written is cleaned up and on the disk before anything is measured. */
async function atRest(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}

interface Some {
  readonly seriesId: string;
  readonly first: number;
  readonly count: number;
}

async function someAsleep(
  database: Database,
  keys: TenantKeys,
  { seriesId, first, count }: Some,
): Promise<void> {
  const rows = JSON.stringify(Array.from({ length: count }, (_, n) => sleeper(keys, first + n)));
  const people = sql`jsonb_to_recordset(${rows}::jsonb) AS r(id uuid, contact_id uuid, batch_id uuid, phone text, outside text, person text, wrapped text, version int, details text)`;
  await database.withTenant(keys.tenantId, async (tx) => {
    await insertPeople(tx, { people, seriesId });
    for (const [table, key] of Object.entries(COPIED)) await copied(tx, { table, key, people, seriesId });
  });
}

function sleeper(keys: TenantKeys, n: number): Readonly<Record<string, string | number>> {
  const [id, contactId, batchId] = [newId(), newId(), newId()];
  const phone = `+3363${String(n).padStart(7, '0')}`;
  const { key, wrapped, version } = newPersonKey(keys, contactId);
  const details = { externalId: `S-${n}`, practice: 'Cabinet des Tilleuls' };
  return {
    id,
    contact_id: contactId,
    batch_id: batchId,
    phone: keys.phoneIndex(phone).toString('hex'),
    outside: keys.indexOf('series', details.externalId).toString('hex'),
    person: key.sealPerson({ phone }).toString('hex'),
    wrapped: wrapped.toString('hex'),
    version,
    details: sealDetails(key, id, details).toString('hex'),
  };
}

const newId = (): string => uuidV7(clock.machine());

interface Rows {
  readonly people: ReturnType<typeof sql>;
  readonly seriesId: string;
}

/** Like the person of the series that was booked, each with a number and a key of their own. */
async function insertPeople(tx: Transaction, { people, seriesId }: Rows): Promise<void> {
  const like = sql`(SELECT contact_id FROM reminder_series WHERE id = ${seriesId}::uuid)`;
  await tx.run(sql`
    INSERT INTO contact SELECT (jsonb_populate_record(c, jsonb_build_object('id', r.contact_id, 'phone_index', '\\x' || r.phone, 'sealed', '\\x' || r.person))).*
      FROM contact c, ${people} WHERE c.id = ${like}`);
  await tx.run(sql`
    INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version)
    SELECT contact_id, ${tx.tenantId}::uuid, decode(wrapped, 'hex'), version FROM ${people}`);
  await tx.run(sql`
    INSERT INTO consent SELECT (jsonb_populate_record(k, jsonb_build_object('contact_id', r.contact_id))).*
      FROM consent k, ${people} WHERE k.contact_id = ${like}`);
}

async function copied(
  tx: Transaction,
  { table, key, people, seriesId }: Rows & { readonly table: string; readonly key: string },
): Promise<void> {
  const own = {
    batch: sql`jsonb_build_object('id', r.batch_id, 'series_id', r.id)`,
    reminder_series: sql`jsonb_build_object('id', r.id, 'contact_id', r.contact_id, 'batch_id', r.batch_id, 'external_index', '\\x' || r.outside, 'sealed', '\\x' || r.details)`,
    reminder_step: sql`jsonb_build_object('series_id', r.id)`,
  }[table];
  await tx.run(sql`
    INSERT INTO ${sql.table(table)} SELECT (jsonb_populate_record(t, ${own})).*
      FROM ${sql.table(table)} t, ${people} WHERE t.${sql.ref(key)} = ${seriesId}::uuid`);
}
