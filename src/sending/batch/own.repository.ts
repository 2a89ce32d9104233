import { sql } from 'kysely';
import {
  col,
  computedRows,
  type Ledger,
  type Statement,
  type Database,
  type Transaction,
} from '../../platform/index.ts';

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

/**
 * Parks messages left by earlier epochs; none when a third attempt has claimed the batch by now: they are that
 * one's.
 */
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

/** Returns the advisory lock of a batch: both halves of its UUID, xored to a signed 64-bit number. */
export function batchLock(batchId: string): string {
  const hex = batchId.replaceAll('-', '');
  const folded = BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
  return BigInt.asIntN(64, folded).toString();
}

/**
 * Gives a batch another account, if the caller still owns it; says whether it did. The former account stays known
 * for its receipts, replies and doubts.
 */
export async function takeAccount(
  database: Database,
  { tenantId, batchId, epoch }: Ownership,
  change: { readonly from: string; readonly to: string; readonly price: string | null },
): Promise<boolean> {
  const taken = await database.withTenant(tenantId, (tx) =>
    tx.run(sql`
      UPDATE batch SET account_id = ${change.to}::uuid, price = ${change.price}::numeric,
             former = array_remove(array_remove(former, ${change.to}::uuid), ${change.from}::uuid) || ${change.from}::uuid
       WHERE id = ${batchId}::uuid AND epoch = ${epoch} AND account_id = ${change.from}::uuid`),
  );
  return taken > 0;
}

/** Rows ended in one transaction: locks and WAL stay small. */
const MOST = 5_000;

const endedRows = computedRows({ ended: col.number() });

/** Ends up to 5,000 unsent messages of a batch; returns their number. */
export async function endReady(
  tx: Transaction,
  ending: {
    readonly batchId: string;
    readonly state: 'excluded' | 'expired';
    readonly reason: string;
    /** ISO instant of the law clock. */
    readonly at: string;
  },
): Promise<number> {
  const row = await tx.first(endedRows.sql`
    WITH chosen AS MATERIALIZED (
      SELECT seq FROM message WHERE batch_id = ${ending.batchId}::uuid AND state = 'ready' ORDER BY seq LIMIT ${MOST} FOR UPDATE),
    ended AS (
      UPDATE message m SET state = ${ending.state}::message_state, reason = ${ending.reason}, not_before = NULL, final_at = ${ending.at}::timestamptz
        FROM chosen WHERE m.batch_id = ${ending.batchId}::uuid AND m.seq = chosen.seq AND m.state = 'ready'
      RETURNING m.seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${ending.batchId}::uuid, ${ending.state}::message_state, ${ending.reason}, count(*) FROM ended HAVING count(*) > 0
      UNION ALL
      SELECT ${tx.tenantId}::uuid, ${ending.batchId}::uuid, 'ready'::message_state, NULL, -count(*) FROM ended HAVING count(*) > 0)
    SELECT count(*)::int AS ended FROM ended`);
  return row?.ended ?? 0;
}
