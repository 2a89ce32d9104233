import { DateTime } from 'luxon';
import { BEFORE_ALL, col, computedRows, type Database, type RowOf } from '../../platform/index.ts';

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

/** Reads due rows by the law clock, one of each tenant a turn from the tenant after one, the oldest of each first. */
export function dueWork(
  database: Database,
  lawNow: string,
  { most, after = BEFORE_ALL }: { readonly most: number; readonly after?: string | undefined },
): Promise<DueWork[]> {
  return database.outside((tx) =>
    tx.rows(dueWorkRows.sql`
      SELECT kind, id, tenant_id AS "tenantId", workflow_id AS "workflowId", due_at::text AS "dueAt", version
        FROM due_work(${lawNow}, ${most}, ${after})`),
  );
}

const nextWorkRows = computedRows({ at: col.text().orNull() });

/** Returns the next moment at which a campaign or series acts, as an ISO instant in UTC; undefined while none waits. */
export async function nextDue(database: Database, now: DateTime): Promise<string | undefined> {
  const next = await database.outside((tx) =>
    tx.first(nextWorkRows.sql`SELECT iso(next_work(${now.toISO()})) AS at`),
  );
  return next?.at ?? undefined;
}
