import { sql } from 'kysely';
import type { Database } from '../../platform/index.ts';
import type { Ownership } from './own.repository.ts';

/**
 * Gives a batch another account, if the caller still owns it; says whether it did. The former account stays known
 * for its receipts, replies and doubts.
 */
export async function takeAccount(
  database: Database,
  { tenantId, batchId, epoch }: Ownership,
  change: { readonly from: string; readonly to: string; readonly price: string | null },
): Promise<boolean> {
  const taken = await database.withTenant(tenantId, (tx) =>
    tx.run(sql`
      UPDATE batch SET account_id = ${change.to}::uuid, price = ${change.price}::numeric,
             former = array_remove(array_remove(former, ${change.to}::uuid), ${change.from}::uuid) || ${change.from}::uuid
       WHERE id = ${batchId}::uuid AND epoch = ${epoch} AND account_id = ${change.from}::uuid`),
  );
  return taken > 0;
}
