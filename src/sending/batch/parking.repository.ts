import { sql } from 'kysely';
import { instant, type Clock, type Database, type Transaction } from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import { noteAccount } from '../accounts/account-news.ts';
import type { BatchRun } from './batch-run.repository.ts';

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
}

type Trouble = 'CONFIG' | 'CREDIT' | 'FAILING';

/** The reason of parking: our code, and the operator's own where it gave one. */
export interface Parking {
  readonly code: 'CONFIG' | 'CREDIT' | 'BUDGET';
  readonly operatorCode?: string;
}

/** Parks a running campaign for an operator; a series and the answers try again by themselves. Reports the account. */
export async function parkOrder(
  { database, clock }: Parts,
  run: BatchRun,
  { code, operatorCode }: Parking,
): Promise<void> {
  const { order } = run;
  const at = clock.now().toISO();
  await database.withTenant(run.tenantId, async (tx) => {
    if (order.kind === 'campaign') {
      const parked =
        await tx.run(sql`UPDATE campaign SET status = 'parked', parked_because = ${code}, parked_code = ${operatorCode ?? null}, updated_at = ${at}, revision = revision + 1
        WHERE id = ${order.campaignId} AND status = 'running'`);
      const event = {
        type: 'campaign.parked',
        subject: order.campaignId,
        about: { code },
      } as const;
      await raise(tx, parked > 0 ? [event] : [], at);
    }
    if (code !== 'BUDGET') await note(tx, clock, { accountId: run.accountId, code });
  });
}

/** Reports an account that cannot send, or fails, while its batch goes on. */
export const tellOfTrouble = (
  { database, clock }: Parts,
  { tenantId, accountId }: BatchRun,
  code: Trouble,
): Promise<void> => database.withTenant(tenantId, (tx) => note(tx, clock, { accountId, code }));

const note = (
  tx: Transaction,
  clock: Clock,
  { accountId, code }: { readonly accountId: string; readonly code: Trouble },
): Promise<void> =>
  noteAccount(tx, clock, { accountId, state: code.toLowerCase(), at: instant(clock.machine()).toISO() });
