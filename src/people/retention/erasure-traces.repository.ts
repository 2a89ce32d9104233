import { sql } from 'kysely';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { Remains } from './person-removal.repository.ts';

/** The former id of the person, and the fingerprint of the number. */
export interface TracesOf {
  readonly contactId: string;
  readonly phoneIndex: Buffer;
}

/** Removes the texts of messages; returns their number. */
export const removeTexts = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(
    sql`DELETE FROM message_text WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid`,
  );

const answersRemovedRows = computedRows({ removed: col.number(), underWay: col.number() });

/** Counts of answers owed to a number: removed before sending, and waiting for the operator's result. */
export type AnswersRemoved = RowOf<typeof answersRemovedRows>;

/** Removes answers to a number; ready ones are not sent, and one on its way to an operator is kept until its outcome is known. */
export async function removeAnswers(
  tx: Transaction,
  { phoneIndex }: TracesOf,
  at: string,
): Promise<AnswersRemoved> {
  const row = await tx.first(answersRemovedRows.sql`
    WITH theirs AS MATERIALIZED (
      SELECT a.batch_id, a.seq, m.state FROM acknowledgement a
        LEFT JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq
       WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.phone_index = ${phoneIndex}),
    barred AS (
      UPDATE message m SET state = 'excluded', reason = 'ERASED', final_at = ${at}::timestamptz
        FROM theirs t WHERE m.batch_id = t.batch_id AND m.seq = t.seq AND m.state = 'ready' RETURNING m.batch_id),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, batch_id, 'ready'::message_state, NULL, -count(*) FROM barred GROUP BY batch_id
      UNION ALL
      SELECT ${tx.tenantId}::uuid, batch_id, 'excluded'::message_state, 'ERASED', count(*) FROM barred GROUP BY batch_id),
    removed AS (
      DELETE FROM acknowledgement a USING theirs t
       WHERE a.batch_id = t.batch_id AND a.seq = t.seq AND coalesce(t.state NOT IN ('submitting', 'uncertain'), true)
      RETURNING 1)
    SELECT (SELECT count(*)::int FROM removed) AS removed,
           (SELECT count(*)::int FROM theirs WHERE state IN ('submitting', 'uncertain')) AS "underWay"`);
  return row ?? { removed: 0, underWay: 0 };
}

/** Empties bookings: their sealed data, and the names by which a caller or a person would be found. */
export const emptyBookings = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(sql`
    UPDATE reminder_series
       SET sealed = '', facts = '', person_index = NULL,
           external_index = sha256(convert_to('erased ' || id::text, 'UTF8'))
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid AND sealed <> ''`);

/** Removes answers to forms and their codes. */
export async function forgetFormAnswers(
  tx: Transaction,
  { contactId, phoneIndex }: TracesOf,
): Promise<number> {
  const codes = await tx.run(sql`
    DELETE FROM form_code WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex}`);
  const answers = await tx.run(sql`
    UPDATE form_answer SET state = 'spent', contact_id = NULL, phone_index = NULL
     WHERE tenant_id = ${tx.tenantId}::uuid AND (contact_id = ${contactId}::uuid OR phone_index = ${phoneIndex})`);
  return codes + answers;
}

/** Removes a person's entries in imports. */
export const forgetImportRows = (tx: Transaction, { contactId }: TracesOf): Promise<number> =>
  tx.run(
    sql`DELETE FROM import_row WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid`,
  );

const NIL = '00000000-0000-0000-0000-000000000000';

const sealedReplyRows = rowsOf('reply', ['contactId', 'sealed']).with({ id: col.of('reply', 'inboundId') });

/** A reply as it is stored, encrypted, with the person who sent it. */
export type SealedReply = RowOf<typeof sealedReplyRows>;

/** Reads a page of a tenant's replies, by the id of the inbound message. */
export const readReplies = (
  tx: Transaction,
  after: SealedReply | undefined,
  most: number,
): Promise<SealedReply[]> =>
  tx.rows(sealedReplyRows.sql`
    SELECT inbound_id AS id, contact_id AS "contactId", sealed FROM reply
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id > ${after?.id ?? NIL}::uuid ORDER BY inbound_id LIMIT ${most}`);

/** Removes replies; what came in for them was emptied when it was settled. */
export const removeReplies = (tx: Transaction, ids: readonly string[]): Promise<number> =>
  tx.run(sql`DELETE FROM reply WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ANY(${ids}::uuid[])`);

const sealedRows = rowsOf('rejected_row', ['importId', 'line', 'sealed']);

/** A sealed rejected row. */
export type SealedRow = RowOf<typeof sealedRows>;

/** A page of a tenant's rejected rows. */
export const readRejectedRows = (
  tx: Transaction,
  after: SealedRow | undefined,
  most: number,
): Promise<SealedRow[]> =>
  tx.rows(sealedRows.sql`
    SELECT import_id AS "importId", line, sealed FROM rejected_row
     WHERE tenant_id = ${tx.tenantId}::uuid AND (import_id, line) > (${after?.importId ?? NIL}::uuid, ${after?.line ?? -1}::int)
     ORDER BY import_id, line LIMIT ${most}`);

/** Removes rows by import and line, and returns their number. */
export const removeRejectedRows = (tx: Transaction, rows: readonly SealedRow[]): Promise<number> =>
  tx.run(sql`
    DELETE FROM rejected_row r
     USING jsonb_to_recordset(${JSON.stringify(rows.map(({ importId, line }) => ({ importId, line })))}::jsonb)
           AS g("importId" uuid, line int)
     WHERE r.import_id = g."importId" AND r.line = g.line`);

const sealedAnswerRows = computedRows({
  key: col.of('idempotency_key', 'keyDigest'),
  answer: col.of('idempotency_key', 'answer').known(),
});

/** A sealed API answer, kept for repetition. */
export type SealedAnswer = RowOf<typeof sealedAnswerRows>;

/** A page of a tenant's kept answers. */
export const readKeptAnswers = (
  tx: Transaction,
  after: SealedAnswer | undefined,
  most: number,
): Promise<SealedAnswer[]> =>
  tx.rows(sealedAnswerRows.sql`
    SELECT key_digest AS key, answer FROM idempotency_key
     WHERE tenant_id = ${tx.tenantId}::uuid AND answer IS NOT NULL AND key_digest > ${after?.key ?? Buffer.alloc(0)}
     ORDER BY key_digest LIMIT ${most}`);

/** Removes stored answers of idempotency keys by the keys' digests; returns their number. */
export const removeKeptAnswers = (tx: Transaction, keys: readonly Buffer[]): Promise<number> =>
  tx.run(
    sql`DELETE FROM idempotency_key WHERE tenant_id = ${tx.tenantId}::uuid AND key_digest = ANY(${keys}::bytea[])`,
  );

const remainsRows = computedRows({
  suppressions: col.number(),
  proofs: col.number(),
  events: col.number(),
  messages: col.number(),
  lastMessageAt: col.text().orNull(),
});

/** Counts what stays. */
export async function countRemains(tx: Transaction, { contactId, phoneIndex }: TracesOf): Promise<Remains> {
  const row = await tx.first(remainsRows.sql`
    SELECT (SELECT count(*)::int FROM suppression
             WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL) AS suppressions,
           (SELECT count(*)::int FROM consent_event e JOIN consent_proof p ON p.event_id = e.id
             WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ${contactId}::uuid) AS proofs,
           (SELECT count(*)::int FROM consent_event
             WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid) AS events,
           m.messages, m.last AS "lastMessageAt"
      FROM (SELECT count(*)::int AS messages, iso(max(accepted_at)) AS last FROM message
             WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid) m`);
  return row ?? { suppressions: 0, proofs: 0, events: 0, messages: 0, lastMessageAt: null };
}
