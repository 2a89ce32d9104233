import { col, computedRows, type Database, type RowOf } from '../../platform/index.ts';

const dueWorkRows = computedRows({
  kind: col.text<'series' | 'campaign' | 'shard'>(),
  id: col.text(),
  tenantId: col.text(),
  workflowId: col.text(),
  /** As PostgreSQL writes an instant. */
  dueAt: col.text(),
  /** Version of the row when read; every write changes it. */
  version: col.text(),
});

/** A due row whose workflow was not signalled yet. */
export type DueWork = RowOf<typeof dueWorkRows>;

/** Reads due rows by the law clock, oldest first. */
export function dueWork(database: Database, lawNow: string, most: number): Promise<DueWork[]> {
  return database.outside((tx) =>
    tx.rows(dueWorkRows.sql`
      SELECT kind, id, tenant_id AS "tenantId", workflow_id AS "workflowId", due_at::text AS "dueAt", version
        FROM due_work(${lawNow}, ${most})`),
  );
}
