import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** The news of an account. */
export interface ReceivedByAccount {
  readonly accountId: string;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Notes the last time accounts reported on messages of the transaction's tenant, to the second. */
export async function noteReceived(tx: Transaction, received: readonly ReceivedByAccount[]): Promise<void> {
  await tx.run(sql`
    INSERT INTO account_heard AS h (tenant_id, account_id, last_receipt_at)
    SELECT ${tx.tenantId}::uuid, a.id, max(a.at)
      FROM unnest(${received.map(({ accountId }) => accountId)}::uuid[], ${received.map(({ receivedAt }) => receivedAt)}::timestamptz[]) AS a(id, at)
     GROUP BY a.id ORDER BY a.id
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET last_receipt_at = excluded.last_receipt_at
     WHERE h.last_receipt_at < excluded.last_receipt_at - interval '1 second'`);
}
