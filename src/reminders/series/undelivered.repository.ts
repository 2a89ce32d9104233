import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const undeliveredStepRows = rowsOf('reminder_step', ['revision', 'step'])
  .and('reminder_series', ['contactId'])
  .with({ seriesId: col.of('batch', 'seriesId').known() });

/** The step of a message, and its number. */
export type UndeliveredStep = RowOf<typeof undeliveredStepRows>;

/** Finds the step of an undelivered message; undefined for other messages. */
export const undeliveredStep = (
  tx: Transaction,
  { batchId, seq }: { readonly batchId: string; readonly seq: number },
): Promise<UndeliveredStep | undefined> =>
  tx.first(undeliveredStepRows.sql`
    SELECT b.series_id AS "seriesId", s.contact_id AS "contactId", p.revision, p.step
      FROM batch b JOIN reminder_series s ON s.id = b.series_id
      JOIN reminder_step p ON p.series_id = b.series_id AND p.revision * 1000 + p.position = ${seq}
     WHERE b.id = ${batchId}::uuid`);

/** Maximum counted in a row. */
const MOST = 20;

const undeliveredCountRows = computedRows({ inARow: col.number() });

/** Counts the latest reminders in a row that did not reach the person's present number; of those with a known outcome. */
export async function undeliveredInARow(tx: Transaction, contactId: string): Promise<number> {
  const row = await tx.first(undeliveredCountRows.sql`
    WITH known AS (
      SELECT m.state, row_number() OVER (ORDER BY m.accepted_at DESC, m.batch_id DESC, m.seq DESC) AS turn
        FROM message m JOIN batch b ON b.id = m.batch_id JOIN contact c ON c.id = m.contact_id
       WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid AND b.kind = 'series'
         AND m.state IN ('delivered', 'undelivered') AND m.accepted_at >= coalesce(c.number_since, '-infinity')
       ORDER BY turn LIMIT ${MOST})
    SELECT count(*) FILTER (WHERE turn < coalesce((SELECT min(turn) FROM known WHERE state = 'delivered'), ${MOST + 1}))::int AS "inARow"
      FROM known`);
  return row?.inARow ?? 0;
}
