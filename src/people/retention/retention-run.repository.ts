import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const retentionRunRows = rowsOf('retention_run', ['id', 'actor', 'startedAt', 'endedAt']).with({
  kind: col.of('retention_run', 'kind').as<'rehearsal' | 'cleaning'>(),
  lines: col.of('retention_run', 'lines').as<Readonly<Record<string, number>>>(),
});

export type RetentionRun = RowOf<typeof retentionRunRows>;

const COLUMNS = sql`id, kind, actor, iso(started_at) AS "startedAt", iso(ended_at) AS "endedAt", lines`;

/** Adds to the counts of a run, in the transaction of the removal; the first addition makes the run. */
export async function noteRun(
  tx: Transaction,
  run: Pick<RetentionRun, 'id' | 'kind' | 'actor' | 'startedAt'>,
  lines: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO retention_run AS r (id, tenant_id, kind, actor, started_at, lines)
    VALUES (${run.id}, ${tx.tenantId}, ${run.kind}, ${run.actor}, ${run.startedAt}::timestamptz, ${JSON.stringify(lines)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET lines = r.lines || (
      SELECT coalesce(jsonb_object_agg(n.key, n.value::int + coalesce((r.lines ->> n.key)::int, 0)), '{}')
        FROM jsonb_each_text(excluded.lines) n)`);
}

/** Closes a run, if it did anything. */
export async function endRun(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(sql`UPDATE retention_run SET ended_at = ${at}::timestamptz WHERE id = ${id}::uuid`);
}

/** One run. */
export function readRetentionRun(tx: Transaction, id: string): Promise<RetentionRun | undefined> {
  return tx.first(
    retentionRunRows.sql`SELECT ${COLUMNS} FROM retention_run WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid`,
  );
}

/** A page of runs in order of creation. */
export function readRuns(
  tx: Transaction,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<RetentionRun[]> {
  const from = page.after === undefined ? sql`true` : sql`id > ${page.after}::uuid`;
  return tx.rows(retentionRunRows.sql`
    SELECT ${COLUMNS} FROM retention_run WHERE tenant_id = ${tx.tenantId}::uuid AND ${from} ORDER BY id LIMIT ${page.limit}`);
}
