import { sql } from 'kysely';
import type { Database } from '../../platform/index.ts';

/** A row whose moment has come and whose workflow was not told yet. */
export interface DueWork {
  readonly kind: 'series' | 'campaign' | 'shard';
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  /** As PostgreSQL writes an instant. */
  readonly dueAt: string;
  /** Version of the row as it was read; every write changes it. */
  readonly version: string;
}

/** What is due by the law clock, oldest first. */
export function dueWork(database: Database, lawNow: string, most: number): Promise<DueWork[]> {
  return database.outside((tx) =>
    tx.rows(sql<DueWork>`
      SELECT kind, id, tenant_id AS "tenantId", workflow_id AS "workflowId", due_at::text AS "dueAt", version
        FROM due_work(${lawNow}, ${most})`),
  );
}
