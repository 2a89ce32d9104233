import type { Clock, Transaction } from '../../platform/index.ts';
import { raiseOfAccounts } from '../../company/index.ts';
import { recentBills } from './account-bill.repository.ts';
import { sendingTenantsOf } from './account-news.repository.ts';
import { driftOf } from './bill.ts';

const REPEATED_AFTER_HOURS = 24;

/**
 * Notifies every tenant of an account whose operator's count differs from ours, once a day. The last act of its
 * transaction, which belongs to another tenant afterwards.
 */
export async function tellOfDrifts(tx: Transaction, clock: Pick<Clock, 'now'>): Promise<void> {
  const drifting = (await recentBills(tx)).flatMap((bill) => {
    const { isAlarming, parts, cost } = driftOf(bill);
    const about = { gateway: bill.name, parts, cost };
    return isAlarming ? [{ accountId: bill.accountId, about }] : [];
  });
  for (const { accountId, about } of drifting) {
    const news = [{ type: 'gateway.cost-drift' as const, subject: null, about }];
    for (const tenantId of await sendingTenantsOf(tx, accountId))
      await raiseOfAccounts(await tx.as(tenantId), news, {
        at: clock.now().toISO(),
        quietHours: REPEATED_AFTER_HOURS,
      });
  }
}
