import { sql } from 'kysely';
import { type GoodFridayChoice, type Territory, zonesOf } from '../../rule/index.ts';
import {
  anyOf,
  BEFORE_ALL,
  type Clock,
  col,
  computedRows,
  instant,
  type Page,
  query,
  type ResultOf,
  type Transaction,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { Sector } from '../tenant/tenant.ts';

const storedPractices = query
  .selectFrom('practice')
  .select(['id', 'brandId', 'sealed', 'sender', 'sector', 'territory', 'timeZone', 'goodFriday'])
  .$narrowType<{ sector: Sector | null; territory: Territory | null; goodFriday: GoodFridayChoice | null }>();

const place = (row: string) => ({ table: 'practice', column: 'sealed', row });

function open(keys: TenantKeys, row: ResultOf<typeof storedPractices>): KeptPractice {
  const { externalId, name, displayName, phone, address } = JSON.parse(
    keys.open(place(row.id), row.sealed).toString('utf8'),
  ) as Practice; // Only `putPractice` writes it.
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
  if (given.sector === 'health' && !(await servesHealth(tx))) await searchReasonsAgain(tx);
  const index = practiceIndex(keys, given.externalId);
  const known = await tx.first(
    query.selectFrom('practice').select('id').where('externalIndex', '=', index).forUpdate(),
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
  // Another transaction made it meanwhile, under another id than the one that our data are sealed for.
  if (written === 0) return putPractice(tx, { keys, clock }, given);
  return { practice: { ...given, id }, created: known === undefined };
}

/** Reads a practice by its external id. */
export async function practiceOf(
  tx: Transaction,
  keys: TenantKeys,
  externalId: string,
): Promise<KeptPractice | undefined> {
  const row = await tx.first(
    storedPractices.where('externalIndex', '=', practiceIndex(keys, externalId)).limit(1),
  );
  return row && open(keys, row);
}

/** Reads the practices with a name, two at most: more than one means that the name is ambiguous. */
export async function practicesNamed(
  tx: Transaction,
  keys: TenantKeys,
  name: string,
): Promise<KeptPractice[]> {
  const rows = await tx.rows(storedPractices.where('nameIndex', '=', practiceNameIndex(keys, name)).limit(2));
  return rows.map((row) => open(keys, row));
}

/** Reads one practice by its id. */
export async function practiceById(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<KeptPractice | undefined> {
  const row = await tx.first(storedPractices.where('id', '=', id));
  return row && open(keys, row);
}

/** Reads practices by their ids, by one statement. */
export async function practicesById(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KeptPractice>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.rows(storedPractices.where('id', '=', anyOf(ids, 'uuid')));
  return new Map(rows.map((row) => [row.id, open(keys, row)]));
}

/** Reads a page of the practices of the tenant, oldest first. */
export async function practices(
  tx: Transaction,
  keys: TenantKeys,
  { limit, after = BEFORE_ALL }: Page,
): Promise<KeptPractice[]> {
  const rows = await tx.rows(storedPractices.where('id', '>', after).orderBy('id').limit(limit));
  return rows.map((row) => open(keys, row));
}

/** Makes retention search all records for reasons of visits again, since the tenant begins to serve health. */
async function searchReasonsAgain(tx: Transaction): Promise<void> {
  await tx.run(query.updateTable('tenant').set({ reasonsCut: null }).where('id', '=', tx.tenantId));
}

const healthRows = computedRows({ health: col.flag() });

/** Says whether the tenant or one of its practices serves health; true for an unknown tenant. */
export async function servesHealth(tx: Transaction): Promise<boolean> {
  const row = await tx.first(healthRows.sql`
    SELECT EXISTS (SELECT FROM tenant WHERE id = ${tx.tenantId}::uuid AND sector = 'health')
        OR EXISTS (SELECT FROM practice WHERE tenant_id = ${tx.tenantId}::uuid AND sector = 'health') AS health`);
  return row?.health ?? true;
}

/** A place of the tenant where people come, with its own name, sender, phone and zone. */
interface Practice {
  readonly externalId: string;
  /** The name by which bookings may refer to it. */
  readonly name: string;
  /** The name that recipients read. */
  readonly displayName: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly sender?: string | undefined;
  readonly sector?: Sector | undefined;
  readonly territory?: Territory | undefined;
  readonly timeZone?: string | undefined;
  readonly brandId?: string | undefined;
  /** Whether Good Friday is a holiday there; the tenant's choice when absent. */
  readonly goodFriday?: GoodFridayChoice | undefined;
}

/** A practice with its id. */
export interface KeptPractice extends Practice {
  readonly id: string;
}

/** Returns the zone of a practice: its own, else the usual one of its territory. */
export const practiceZone = (practice: Practice | undefined): string | undefined =>
  practice?.timeZone ?? (practice?.territory && zonesOf(practice.territory)[0]);

const practiceIndex = (keys: TenantKeys, externalId: string): Buffer => keys.indexOf('practice', externalId);

/** Returns the blind index of a practice's name; case and spaces do not count. */
export const practiceNameIndex = (keys: TenantKeys, name: string): Buffer =>
  keys.indexOf(NAME, plainName(name));

/** Returns every blind index of a practice's name, also those of earlier index keys. */
export const practiceNameIndexes = (keys: TenantKeys, name: string): Buffer[] =>
  keys.indexesOf(NAME, plainName(name));

/** Returns a digest of a practice's name that stays the same when index keys are replaced. */
export const practiceNameMark = (keys: TenantKeys, name: string): string =>
  keys.lastingMark(NAME, plainName(name)).toString('hex');

const NAME = 'practice-name';

const plainName = (name: string): string =>
  name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr');

/** Says whether two names are the same; case and spaces do not count. */
export const isName = (name: string, other: string): boolean => plainName(name) === plainName(other);
