import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** An answer owed to a person who wrote. */
export interface AnswerOwed {
  readonly inboundId: string;
  readonly kind: 'stop' | 'contact';
  readonly accountId: string;
  readonly phoneIndex: Buffer;
  /** Local date at the tenant's, ISO. */
  readonly onDay: string;
  /** Id for a standing batch, when this is the account's first answer. */
  readonly newBatchId: string;
  /** ISO instant of the law clock. */
  readonly at: string;
  /** Seals `{ to, sender, text }` for the row that will hold it. */
  readonly sealFor: (batchId: string, seq: number) => Buffer;
}

/**
 * Adds one message to the tenant's standing batch, at most once for an inbound and once a day for a number.
 *
 * Answers whether one is now owed.
 */
export async function oweAnswer(tx: Transaction, owed: AnswerOwed): Promise<boolean> {
  const place = await nextPlace(tx, owed);
  if (place === undefined) return false;
  const sealed = owed.sealFor(place.batchId, place.seq);
  const kept = await tx.first(sql<{ seq: number }>`
    WITH kept AS (
      INSERT INTO acknowledgement (batch_id, seq, tenant_id, inbound_id, kind, phone_index, on_day, sealed)
      VALUES (${place.batchId}, ${place.seq}, ${tx.tenantId}, ${owed.inboundId}, ${owed.kind}, ${owed.phoneIndex}, ${owed.onDay}, ${sealed})
      ON CONFLICT DO NOTHING RETURNING batch_id, seq, tenant_id),
    written AS (
      INSERT INTO message (batch_id, seq, tenant_id, state) SELECT batch_id, seq, tenant_id, 'ready' FROM kept RETURNING seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, delta) SELECT tenant_id, batch_id, 'ready', 1 FROM kept)
    SELECT seq FROM written`);
  return kept !== undefined;
}

/** The next free seq of the standing batch; the batch is made with its first answer. */
async function nextPlace(
  tx: Transaction,
  owed: AnswerOwed,
): Promise<{ batchId: string; seq: number } | undefined> {
  const row = await tx.first(sql<{ id: string; seq: number }>`
    INSERT INTO batch AS b (id, tenant_id, kind, account_id, purpose, territory, time_zone, size, created_at)
    SELECT ${owed.newBatchId}, t.id, 'acknowledgements', ${owed.accountId}, 'acknowledgement', t.territory, t.time_zone, 1, ${owed.at}
      FROM tenant t WHERE t.id = ${tx.tenantId}::uuid
    ON CONFLICT (tenant_id, account_id) WHERE kind = 'acknowledgements' DO UPDATE SET size = b.size + 1
    RETURNING id, size - 1 AS seq`);
  return row === undefined ? undefined : { batchId: row.id, seq: row.seq };
}

/** Answers that may still leave or are being cleared up, sealed as they were owed. */
export async function readAnswers(
  tx: Transaction,
  batchId: string,
): Promise<readonly { readonly seq: number; readonly sealed: Buffer }[]> {
  return tx.rows(sql<{ seq: number; sealed: Buffer }>`
    SELECT a.seq, a.sealed FROM acknowledgement a JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq
     WHERE a.batch_id = ${batchId} AND m.state IN ('ready', 'submitting', 'uncertain') ORDER BY a.seq LIMIT ${MOST_ANSWERS}`);
}

/** An attempt reads so many; the rest is read by the next. */
const MOST_ANSWERS = 2_000;

/** The standing batches of the transaction's tenant that owe something. */
export async function standingBatches(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(
    sql<{ id: string }>`SELECT id FROM batch WHERE kind = 'acknowledgements' ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}
