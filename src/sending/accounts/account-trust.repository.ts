import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Lets an account without credit be tried again, by an operator's order: its next answer decides. */
export const trustAccount = (tx: Transaction, accountId: string): Promise<number> =>
  tx.run(
    sql`UPDATE gateway_account SET state = 'unknown' WHERE id = ${accountId}::uuid AND state = 'credit'`,
  );

/** The same, by the order of its only tenant: an account that others use as well is not theirs to try. */
export const trustOwnAccount = (tx: Transaction, accountId: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET state = 'unknown' WHERE id = ${accountId}::uuid AND state = 'credit'
       AND NOT EXISTS (SELECT 1 FROM tenants_of_account(${accountId}::uuid) WHERE tenant_id <> ${tx.tenantId}::uuid)`);

/** The same for every account that carries a campaign. */
export const trustAccountsOf = (tx: Transaction, campaignId: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET state = 'unknown'
     WHERE state = 'credit' AND id IN (SELECT account_id FROM campaign WHERE id = ${campaignId}::uuid
                                       UNION SELECT account_id FROM batch WHERE campaign_id = ${campaignId}::uuid)`);
