import { localityNamed } from '../../law/index.ts';
import { routedAccounts, PURPOSES } from '../../company/index.ts';
import type { BatchRun } from './batch-run.repository.ts';

/** Lists the accounts that may carry a batch instead of its own, in order; none where it was chosen by name. */
export function alternatives({ routes, accountName, ...run }: BatchRun): readonly string[] {
  const purpose = PURPOSES.find((one) => one === run.purpose);
  if (routes === null || purpose === undefined) return [];
  const territory = localityNamed(run.territory, run.timeZone)?.territory;
  const route = routedAccounts({ routes }, { purpose, territory, defaultName: accountName });
  return route.filter((name) => name !== accountName);
}

/** Says whether another account carried, or may carry, part of a batch. */
export const hasAlternatives = (run: BatchRun): boolean => run.hasFormer || alternatives(run).length > 0;
