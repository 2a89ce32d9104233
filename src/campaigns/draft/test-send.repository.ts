import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';
import type { Campaign } from '../campaign.repository.ts';

/** A trial of a campaign on a few people. */
export interface Trial {
  readonly batchId: string;
  readonly campaign: Pick<Campaign, 'id' | 'accountId' | 'purpose'>;
  readonly place: { readonly territory: string; readonly timeZone: string };
  readonly contactIds: readonly string[];
  /** ISO instant of the law clock. */
  readonly at: string;
}

/** Makes a batch of its own, its messages and their tally; nothing of it is the campaign's. */
export async function insertTrial(tx: Transaction, trial: Trial): Promise<void> {
  const { batchId, campaign, place, contactIds, at } = trial;
  await tx.run(sql`
    INSERT INTO batch (id, tenant_id, kind, test_of, account_id, purpose, territory, time_zone, size, created_at)
    VALUES (${batchId}, ${tx.tenantId}, 'test', ${campaign.id}, ${campaign.accountId}, ${campaign.purpose}, ${place.territory},
            ${place.timeZone}, ${contactIds.length}, ${at})`);
  await tx.run(sql`
    INSERT INTO message (batch_id, seq, tenant_id, contact_id, state)
    SELECT ${batchId}::uuid, turn, ${tx.tenantId}::uuid, contact_id, 'ready'
      FROM unnest(${contactIds}::uuid[]) WITH ORDINALITY AS given(contact_id, turn)`);
  await tx.run(sql`
    INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES (${tx.tenantId}, ${batchId}, 'ready', ${contactIds.length})`);
}
