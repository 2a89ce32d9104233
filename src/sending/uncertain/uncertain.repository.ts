import { col, idRows, rowsOf, type Transaction } from '../../platform/index.ts';

/** A submission of unknown outcome, with one of its messages. */
export interface UncertainRow {
  readonly seq: number;
  readonly submissionId: string;
  /** Null when it was lost with the database. */
  readonly key: string | null;
  /** ISO instant of the machine clock, from which on it may have left. */
  readonly markedAt: string;
  /** Milliseconds of machine time since the mark. */
  readonly sinceMarkMs: number;
  readonly contactId: string | null;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** Lists the accounts that may hold an uncertain message of a batch. */
export const accountsInDoubt = async (tx: Transaction, batchId: string): Promise<readonly string[]> =>
  (
    await tx.rows(idRows.sql`
      SELECT DISTINCT s.account_id AS id FROM message m JOIN submission s ON s.id = m.submission_id
       WHERE m.batch_id = ${batchId} AND m.state IN ('submitting', 'uncertain')`)
  ).map(({ id }) => id);

/** Reads uncertain messages of a batch at one account after a seq, in order; the caller asks for pages. */
export async function readUncertain(
  tx: Transaction,
  { batchId, accountId }: { readonly batchId: string; readonly accountId: string },
  page: { readonly after: number; readonly most: number },
): Promise<readonly UncertainRow[]> {
  const rows = await tx.rows(uncertainRecordRows.sql`
    SELECT m.seq, m.submission_id, CASE WHEN m.reason <> 'SEALED' THEN s.key END AS key,
           iso(CASE WHEN m.reason = 'SEALED' THEN b.created_at ELSE s.marked_at END) AS marked_at, m.contact_id, c.sealed, y.wrapped,
           (extract(epoch FROM clock_timestamp() - s.marked_at) * 1000)::float8 AS since_mark_ms
      FROM message m JOIN submission s ON s.id = m.submission_id JOIN batch b ON b.id = m.batch_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.batch_id = ${batchId} AND m.state = 'uncertain' AND m.seq > ${page.after} AND s.account_id = ${accountId}
     ORDER BY m.seq LIMIT ${page.most}`);
  return rows.map((row) => ({
    seq: row.seq,
    submissionId: row.submission_id,
    key: row.key,
    markedAt: row.marked_at,
    sinceMarkMs: row.since_mark_ms,
    contactId: row.contact_id,
    sealed: row.sealed,
    wrapped: row.wrapped,
  }));
}

const uncertainRecordRows = rowsOf('message', ['seq']).with({
  submission_id: col.of('message', 'submissionId').known(),
  key: col.text().orNull(),
  marked_at: col.text(),
  since_mark_ms: col.number(),
  contact_id: col.of('message', 'contactId'),
  sealed: col.of('contact', 'sealed').orNull(),
  wrapped: col.of('contact_key', 'wrapped').orNull(),
});
