import type { Transaction } from '../database/connection.ts';
import type { BatchRun } from '../messages/batch-run.repository.ts';
import { isTransferBarred } from '../tenants/transfer.repository.ts';
import { haltOf } from './halt.repository.ts';
import { readAccount } from './campaign.repository.ts';

/**
 * Whether an account of its route may carry a batch now.
 *
 * It answers, nobody halted it, its way out is proved, and its processor is near enough.
 */
export async function mayCarry(tx: Transaction, run: BatchRun, accountId: string): Promise<boolean> {
  const account = await readAccount(tx, { id: accountId });
  if (account?.isUp !== true) return false;
  if (run.purpose === 'marketing' && !account.fake && !account.proven) return false;
  if ((await haltOf(tx, accountId)) !== undefined) return false;
  return !(await isTransferBarred(tx, { accountId, sector: run.sector }));
}
