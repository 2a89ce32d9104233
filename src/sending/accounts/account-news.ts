import type { Clock, Transaction } from '../../platform/index.ts';
import { raiseOfAccounts, type WebhookEvent } from '../../company/index.ts';
import {
  CREDIT_ENOUGH,
  noteHealth,
  sendingTenantsOf,
  recentBills,
  type AccountHealth,
  type AccountTurn,
} from './gateway-account.repository.ts';
import { driftOf } from './account.ts';

/** Interval within which an account that goes down and up is reported once, in hours. */
const QUIET_HOURS = 1;

/** Returns the events of a change: the account went down, or its credit runs low; an unchanged state is no event. */
export function accountNews({ name, was, is, had, has }: AccountTurn): WebhookEvent[] {
  const isLow = has !== null && Number(has) < CREDIT_ENOUGH && (had === null || Number(had) >= CREDIT_ENOUGH);
  const about = { gateway: name, code: is.toUpperCase() };
  return [
    ...(is !== 'up' && is !== 'unknown' && is !== was
      ? [{ type: 'gateway.down' as const, subject: null, about }]
      : []),
    ...(isLow || (is === 'credit' && was !== is)
      ? [{ type: 'gateway.credit-low' as const, subject: null, about: { gateway: name, credit: has } }]
      : []),
  ];
}

/**
 * Stores the state of an account, and raises its events for every tenant that sends through it. One commit for
 * both: only a change is an event, and a later look finds none. The last act of its transaction, which belongs to
 * another tenant afterwards.
 */
export async function noteAccount(
  tx: Transaction,
  clock: Pick<Clock, 'now'>,
  { accountId, ...health }: AccountHealth & { readonly accountId: string },
): Promise<void> {
  const turn = await noteHealth(tx, accountId, health);
  const news = turn === undefined ? [] : accountNews(turn);
  if (news.length === 0) return;
  const at = clock.now().toISO();
  for (const tenantId of await sendingTenantsOf(tx, accountId))
    await raiseOfAccounts(await tx.as(tenantId), news, { at, quietHours: QUIET_HOURS });
}

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
