import { sql, type RawBuilder } from 'kysely';
import {
  type Clock,
  col,
  computedRows,
  idRows,
  instant,
  type RowOf,
  rowsOf,
  type TenantKeys,
  type Transaction,
  uuidV7,
} from '../../platform/index.ts';
import type { Territory, GoodFridayChoice } from '../../law/index.ts';
import { practiceIndex, practiceNameIndex, type KeptPractice, type Practice } from './practice.ts';
import type { Sector } from '../tenant/tenant.ts';

const foundRows = rowsOf('practice', ['id', 'brandId', 'sealed', 'sender', 'timeZone']).with({
  sector: col.of('practice', 'sector').as<Sector>(),
  territory: col.of('practice', 'territory').as<Territory>(),
  goodFriday: col.of('practice', 'goodFriday').as<GoodFridayChoice>(),
});

type Row = RowOf<typeof foundRows>;

const ROW = sql`id, brand_id AS "brandId", sealed, sender, sector, territory, time_zone AS "timeZone", good_friday AS "goodFriday"`;

const place = (row: string): { table: string; column: string; row: string } => ({
  table: 'practice',
  column: 'sealed',
  row,
});

function opened(keys: TenantKeys, row: Row): KeptPractice {
  const { externalId, name, displayName, phone, address } = JSON.parse(
    keys.open(place(row.id), row.sealed).toString('utf8'),
  ) as Practice; // Written by putPractice alone.
  return {
    id: row.id,
    externalId,
    name,
    displayName,
    phone,
    address,
    sender: row.sender ?? undefined,
    sector: row.sector ?? undefined,
    territory: row.territory ?? undefined,
    timeZone: row.timeZone ?? undefined,
    brandId: row.brandId ?? undefined,
    goodFriday: row.goodFriday ?? undefined,
  };
}

/** Creates or replaces a practice; `created` says which. */
export async function putPractice(
  tx: Transaction,
  { keys, clock }: { readonly keys: TenantKeys; readonly clock: Clock },
  given: Practice,
): Promise<{ readonly practice: KeptPractice; readonly created: boolean }> {
  if (given.sector === 'health' && !(await servesHealth(tx))) await lookThroughAgain(tx);
  const index = practiceIndex(keys, given.externalId);
  const known = await tx.first(
    idRows.sql`SELECT id FROM practice WHERE external_index = ${index} FOR UPDATE`,
  );
  const id = known?.id ?? uuidV7(clock.machine());
  const { externalId, name, displayName, phone, address } = given;
  const sealed = keys.seal(place(id), JSON.stringify({ externalId, name, displayName, phone, address }));
  const at = instant(clock.machine()).toISO();
  const written = await tx.run(sql`
    INSERT INTO practice (id, tenant_id, brand_id, external_index, name_index, sealed, sender, sector, territory,
                          time_zone, good_friday, created_at, updated_at)
    VALUES (${id}, ${tx.tenantId}, ${given.brandId ?? null}, ${index}, ${practiceNameIndex(keys, name)}, ${sealed},
            ${given.sender ?? null}, ${given.sector ?? null}, ${given.territory ?? null}, ${given.timeZone ?? null},
            ${given.goodFriday ?? null}, ${at}, ${at})
    ON CONFLICT (tenant_id, external_index) DO UPDATE SET brand_id = excluded.brand_id,
      name_index = excluded.name_index, sealed = excluded.sealed, sender = excluded.sender, sector = excluded.sector,
      territory = excluded.territory, time_zone = excluded.time_zone, good_friday = excluded.good_friday, updated_at = excluded.updated_at
    WHERE practice.id = excluded.id`);
  // Somebody else made it between the look and the write: theirs has another id, under which nothing is sealed.
  if (written === 0) return putPractice(tx, { keys, clock }, given);
  return { practice: { ...given, id }, created: known === undefined };
}

/** Reads the practice of an external id. */
export async function practiceOf(
  tx: Transaction,
  keys: TenantKeys,
  externalId: string,
): Promise<KeptPractice | undefined> {
  return (await found(tx, keys, sql`external_index = ${practiceIndex(keys, externalId)} LIMIT 1`))[0];
}

/** Reads the practices with this name; more than one when a name is shared. */
export async function practicesNamed(
  tx: Transaction,
  keys: TenantKeys,
  name: string,
): Promise<KeptPractice[]> {
  return found(tx, keys, sql`name_index = ${practiceNameIndex(keys, name)} LIMIT 2`);
}

/** Reads one practice by its id. */
export async function practiceById(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<KeptPractice | undefined> {
  return (await found(tx, keys, sql`id = ${id}::uuid`))[0];
}

/** Reads the practices of the tenant, oldest first. */
export async function practices(
  tx: Transaction,
  keys: TenantKeys,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<KeptPractice[]> {
  const after = page.after ?? null;
  return found(
    tx,
    keys,
    sql`(${after}::uuid IS NULL OR id > ${after}::uuid) ORDER BY id LIMIT ${page.limit}`,
  );
}

async function found(tx: Transaction, keys: TenantKeys, where: RawBuilder<unknown>): Promise<KeptPractice[]> {
  const rows = await tx.rows(foundRows.sql`SELECT ${ROW} FROM practice WHERE ${where}`);
  return rows.map((row) => opened(keys, row));
}

/** From now on people come for their health: earlier records are examined for reasons of visits. */
async function lookThroughAgain(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE tenant SET reasons_cut = NULL WHERE id = ${tx.tenantId}::uuid`);
}

const healthRows = computedRows({ health: col.flag() });

/** Says whether a tenant, or one of its practices, receives people for their health. */
export async function servesHealth(tx: Transaction): Promise<boolean> {
  const row = await tx.first(healthRows.sql`
    SELECT EXISTS (SELECT FROM tenant WHERE id = ${tx.tenantId}::uuid AND sector = 'health')
        OR EXISTS (SELECT FROM practice WHERE tenant_id = ${tx.tenantId}::uuid AND sector = 'health') AS health`);
  return row?.health ?? true;
}
