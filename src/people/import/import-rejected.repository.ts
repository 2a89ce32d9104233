import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { NumberReason } from '../../sms/index.ts';

/** The reasons of a rejection: names of columns, never their content. */
export interface RejectedFacts {
  readonly fields?: readonly string[] | undefined;
  readonly reason?: NumberReason | undefined;
}

const rejectedRows = rowsOf('rejected_row', ['line', 'code', 'detail', 'sealed']).with({
  facts: col.of('rejected_row', 'facts').as<RejectedFacts>().orNull(),
});

/** A rejected row. */
export type RejectedRow = RowOf<typeof rejectedRows>;

/** Stores rejected rows. */
export async function insertRejected(
  tx: Transaction,
  importId: string,
  rejected: { readonly rows: readonly RejectedRow[]; readonly at: string },
): Promise<void> {
  if (rejected.rows.length === 0) return;
  const rows = rejected.rows.map(({ sealed, ...row }) => ({
    ...row,
    sealed: `\\x${sealed.toString('hex')}`,
  }));
  await tx.run(sql`
    INSERT INTO rejected_row (import_id, line, tenant_id, code, detail, facts, sealed, rejected_at)
    SELECT ${importId}::uuid, r.line, ${tx.tenantId}::uuid, r.code, r.detail, r.facts, r.sealed, ${rejected.at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(line int, code text, detail text, facts jsonb, sealed bytea)`);
}

export async function readRejected(
  tx: Transaction,
  importId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<RejectedRow[]> {
  return tx.rows(rejectedRows.sql`
    SELECT line, code, detail, facts, sealed FROM rejected_row
     WHERE import_id = ${importId}::uuid AND line > ${page.after} ORDER BY line LIMIT ${page.limit}`);
}

/** Removes rows rejected before an instant; returns their number. */
export async function forgetRejected(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM rejected_row WHERE (import_id, line) IN (
      SELECT import_id, line FROM rejected_row WHERE rejected_at < ${before}::timestamptz LIMIT 5000)`);
}
