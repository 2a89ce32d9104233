import type { Clock } from '../../platform/index.ts';
import type { Account, Tariff } from '../accounts/account.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import type { MarkLook } from './look.repository.ts';
import { chargedAt, isBudgeted } from './purse.ts';
import type { Verdict } from '../batch/verdict.ts';

/** Collects the conditions that must still hold at the mark of a group, as of this instant. */
export function lookOf(
  clock: Clock,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
  group: {
    readonly verdict: Verdict;
    readonly territory: string;
    readonly timeZone: string;
    readonly tariff: Tariff;
  },
): MarkLook {
  const { decisionId, clockRevision, ends } = group.verdict;
  const price = chargedAt(run, group.tariff);
  return {
    kind: run.kind,
    purpose: run.purpose,
    accountId: account.id,
    fake: account.gateway.fake,
    decisionId,
    territory: group.territory,
    timeZone: group.timeZone,
    lawNow: clock.now().toISO(),
    until: ends.markBefore,
    machineMs: clock.machine(),
    clockRevision,
    revision: run.order.revision,
    tariff: group.tariff,
    price,
    budgeted: price !== null && isBudgeted(run),
    cap: run.order.kind === 'campaign' ? run.order.cap : null,
    hasSeveralBrands: run.hasSeveralBrands,
  };
}
