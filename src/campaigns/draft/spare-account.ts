import type { Transaction } from '../../platform/index.ts';
import type { BatchRun } from '../../sending/index.ts';
import { isTransferForbidden } from '../../company/index.ts';
import { haltOf } from '../run/halt.repository.ts';
import { readAccount } from '../campaign.repository.ts';

/**
 * Says whether an account of its route may carry a batch now: it answers, is not halted, has a proven opt-out, and
 * its processor is near enough.
 */
export async function mayCarry(tx: Transaction, run: BatchRun, accountId: string): Promise<boolean> {
  const account = await readAccount(tx, { id: accountId });
  if (account?.isUp !== true) return false;
  if (run.purpose === 'marketing' && !account.fake && !account.proven) return false;
  if ((await haltOf(tx, accountId)) !== undefined) return false;
  return !(await isTransferForbidden(tx, { accountId, sector: run.sector }));
}
