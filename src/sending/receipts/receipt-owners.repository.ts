import { col, computedRows, type Transaction } from '../../platform/index.ts';

/** A message and its tenant. */
export interface Owner {
  readonly tenantId: string;
  readonly batchId: string;
  readonly seq: number;
  /** Count of parts, each with an id and a receipt of its own; one where undefined, null where unknown. */
  readonly parts?: number | null;
}

const ownerRows = computedRows({
  nth: col.number(),
  tenantId: col.text(),
  batchId: col.text(),
  seq: col.number(),
  parts: col.number().orNull(),
});

const batchIdAndTenantIdRows = computedRows({ batchId: col.text(), tenantId: col.text() });

/** Returns the tenants of existing batches. */
export async function tenantsOfBatches(
  tx: Transaction,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (batchIds.length === 0) return new Map();
  const rows = await tx.rows(batchIdAndTenantIdRows.sql`
    SELECT batch_id AS "batchId", tenant_id AS "tenantId" FROM tenants_of_batches(${batchIds}::uuid[])`);
  return new Map(rows.map(({ batchId, tenantId }) => [batchId, tenantId]));
}

/** An operator's id of a message. */
export interface GatewayMessageId {
  readonly accountId: string;
  readonly gatewayId: string;
}

/** Returns the message of each id, in order; undefined where there is none, or several. */
export async function ownersOfReceipts(
  tx: Transaction,
  named: readonly GatewayMessageId[],
): Promise<readonly (Owner | undefined)[]> {
  if (named.length === 0) return [];
  const rows = await tx.rows(ownerRows.sql`
    SELECT nth::int AS nth, tenant_id AS "tenantId", batch_id AS "batchId", seq, parts
      FROM owners_of_receipts(${named.map(({ accountId }) => accountId)}::uuid[], ${named.map(({ gatewayId }) => gatewayId)}::text[])`);
  const found = Map.groupBy(rows, ({ nth }) => nth);
  return named.map((_, place) => {
    const [only, ...others] = found.get(place + 1) ?? [];
    return others.length === 0 ? only : undefined;
  });
}
