import type { Ledger, Statement } from '../../platform/index.ts';
import { batchLock } from './batch-lock.ts';

/** A claimed batch; marks under an older epoch fail. */
export interface Ownership {
  readonly tenantId: string;
  readonly batchId: string;
  readonly epoch: number;
  /** Rows of earlier attempts that were on their way: now `uncertain`. */
  readonly left: number;
  /** Uncertain rows, the new ones included. */
  readonly uncertain: number;
}

/**
 * Claims a batch: raises its epoch under the exclusive lock, then parks the leftovers of earlier epochs. Two
 * transactions: a statement that waits for the lock would repair with the snapshot it had before.
 */
export async function own(ledger: Ledger, tenantId: string, batchId: string): Promise<Ownership | undefined> {
  const [, raised] = await ledger.mark(tenantId, [exclusiveLock(batchId), raiseEpoch(batchId)]);
  const epoch = raised?.[0]?.['epoch'];
  if (typeof epoch !== 'number') return undefined;
  const [parked] = await ledger.mark(tenantId, [parkEarlier(tenantId, batchId, epoch)]);
  const left = Number(parked?.[0]?.['parked'] ?? 0);
  return { tenantId, batchId, epoch, left, uncertain: left + Number(parked?.[0]?.['known'] ?? 0) };
}

const exclusiveLock = (batchId: string): Statement => ({
  name: 'own_lock',
  text: 'SELECT pg_advisory_xact_lock($1)',
  values: [batchLock(batchId)],
});

const raiseEpoch = (batchId: string): Statement => ({
  name: 'own_epoch',
  text: `UPDATE batch SET epoch = epoch + 1, reserved = 0 WHERE id = $1 AND state = 'open' RETURNING epoch`,
  values: [batchId],
});

/**
 * Ends an epoch before its marks are judged: a mark whose answer was lost may be carried out late, and would then
 * be on its way for good. Does nothing when another attempt has claimed the batch by now.
 */
export const endEpoch = (batchId: string, epoch: number): readonly Statement[] => [
  exclusiveLock(batchId),
  {
    name: 'own_end',
    text: 'UPDATE batch SET epoch = epoch + 1, reserved = 0 WHERE id = $1::uuid AND epoch = $2::int',
    values: [batchId, epoch],
  },
];

/** Parks nothing when a third attempt has claimed the batch by now: messages on their way are that one's. */
const parkEarlier = (tenantId: string, batchId: string, epoch: number): Statement => ({
  name: 'own_park',
  text: `
    WITH parked AS (
      UPDATE message SET state = 'uncertain', reason = 'LATER_EPOCH' WHERE batch_id = $1::uuid AND state = 'submitting'
         AND (SELECT b.epoch FROM batch b WHERE b.id = $1::uuid) = $3::int RETURNING seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT $2::uuid, $1::uuid, 'uncertain'::message_state, 'LATER_EPOCH', count(*) FROM parked HAVING count(*) > 0
      UNION ALL SELECT $2::uuid, $1::uuid, 'submitting'::message_state, NULL, -count(*) FROM parked HAVING count(*) > 0)
    SELECT count(*)::int AS parked,
           (SELECT count(*) FROM message k WHERE k.batch_id = $1::uuid AND k.state = 'uncertain')::int AS known FROM parked`,
  values: [batchId, tenantId, epoch],
});
