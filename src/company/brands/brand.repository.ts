import {
  BEFORE_ALL,
  type Clock,
  col,
  instant,
  type Page,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';

const brands = query.selectFrom('brand').select(['id', 'externalId', 'name', 'sender']);

/** A trade name that recipients read. */
export type Brand = ResultOf<typeof brands>;

const storedBrandRows = rowsOf('brand', ['id']).with({ created: col.flag() });

/** Creates or changes a brand; `created` says which. */
export async function putBrand(
  tx: Transaction,
  clock: Clock,
  { externalId, name, sender }: Omit<Brand, 'id'>,
): Promise<{ readonly brand: Brand; readonly created: boolean }> {
  const id = uuidV7(clock.machine());
  const at = instant(clock.machine()).toISO();
  const kept = await tx.first(storedBrandRows.sql`
    INSERT INTO brand (id, tenant_id, external_id, name, sender, created_at)
    VALUES (${id}, ${tx.tenantId}, ${externalId}, ${name}, ${sender}, ${at})
    ON CONFLICT (tenant_id, external_id) DO UPDATE SET name = excluded.name, sender = excluded.sender
    RETURNING id, xmax = 0 AS created`);
  return { brand: { id: kept?.id ?? id, externalId, name, sender }, created: kept?.created ?? true };
}

/** Reads and locks a brand by its tenant's name for it, until the transaction ends. */
export async function lockBrand(tx: Transaction, externalId: string): Promise<Brand | undefined> {
  const named = brands.where('tenantId', '=', tx.tenantId).where('externalId', '=', externalId);
  return tx.first(named.forNoKeyUpdate());
}

/** Reads the brands of the tenant, oldest first. */
export async function brandsOf(
  tx: Transaction,
  { limit, after = BEFORE_ALL }: Page = { limit: 2 },
): Promise<Brand[]> {
  return tx.rows(brands.where('id', '>', after).orderBy('id').limit(limit));
}

/** Reads one brand by its id. */
export async function brandById(tx: Transaction, id: string): Promise<Brand | undefined> {
  return tx.first(brands.where('id', '=', id));
}
