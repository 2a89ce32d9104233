import { DateTime } from 'luxon';
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

/** Late rows are being signalled right now; behind so many of them no next moment is given. */
const LOOKS_AMONG = 1_000;

/** Returns the next moment at which a campaign or series acts, as an ISO instant in UTC; undefined while none waits. */
export async function nextDue(database: Database, now: DateTime): Promise<string | undefined> {
  const waiting = await dueWork(database, 'infinity', LOOKS_AMONG);
  const ahead = waiting.map(({ dueAt }) => DateTime.fromSQL(dueAt)).find((at) => at > now);
  return ahead?.toUTC().toISO() ?? undefined;
}
