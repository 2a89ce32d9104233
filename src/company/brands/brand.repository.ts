import { sql } from 'kysely';
import { instant, type Clock, type Transaction, uuidV7 } from '../../platform/index.ts';

/** A trade name that recipients read. */
export interface Brand {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly sender: string | null;
}

/** Makes a brand or changes it; `created` says which. */
export async function putBrand(
  tx: Transaction,
  clock: Clock,
  { externalId, name, sender }: Omit<Brand, 'id'>,
): Promise<{ readonly brand: Brand; readonly created: boolean }> {
  const id = uuidV7(clock.machine());
  const at = instant(clock.machine()).toISO();
  const kept = await tx.first(sql<{ id: string; created: boolean }>`
    INSERT INTO brand (id, tenant_id, external_id, name, sender, created_at)
    VALUES (${id}, ${tx.tenantId}, ${externalId}, ${name}, ${sender}, ${at})
    ON CONFLICT (tenant_id, external_id) DO UPDATE SET name = excluded.name, sender = excluded.sender
    RETURNING id, xmax = 0 AS created`);
  return { brand: { id: kept?.id ?? id, externalId, name, sender }, created: kept?.created ?? true };
}

/** A brand by the name its tenant gave it, held until the transaction ends. */
export async function lockBrand(tx: Transaction, externalId: string): Promise<Brand | undefined> {
  return tx.first(sql<Brand>`
    SELECT id, external_id AS "externalId", name, sender FROM brand
     WHERE tenant_id = ${tx.tenantId}::uuid AND external_id = ${externalId} FOR NO KEY UPDATE`);
}

/** The brands of the tenant, oldest first. */
export async function brandsOf(
  tx: Transaction,
  page: { readonly limit: number; readonly after?: string | undefined } = { limit: 2 },
): Promise<Brand[]> {
  return tx.rows(sql<Brand>`
    SELECT id, external_id AS "externalId", name, sender FROM brand
     WHERE ${page.after ?? null}::uuid IS NULL OR id > ${page.after ?? null}::uuid ORDER BY id LIMIT ${page.limit}`);
}

/** One brand by its id. */
export async function brandById(tx: Transaction, id: string): Promise<Brand | undefined> {
  return tx.first(sql<Brand>`
    SELECT id, external_id AS "externalId", name, sender FROM brand WHERE id = ${id}::uuid`);
}
