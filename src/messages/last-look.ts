import type { Clock } from '../clock.ts';
import type { Account } from './account.ts';
import type { BatchRun } from './batch-run.repository.ts';
import type { Look } from './look.repository.ts';
import { isBudgeted, priceOf } from './purse.ts';
import type { Verdict } from './verdict.ts';

/** What must still be true at the mark of a group, as it stands at this instant. */
export function lookOf(
  clock: Clock,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
  group: { readonly verdict: Verdict; readonly territory: string; readonly timeZone: string },
): Look {
  const { decisionId, clockRevision, ends } = group.verdict;
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
    price: priceOf(run),
    budgeted: isBudgeted(run),
    cap: run.order.kind === 'campaign' ? run.order.cap : null,
    hasSeveralBrands: run.hasSeveralBrands,
  };
}
