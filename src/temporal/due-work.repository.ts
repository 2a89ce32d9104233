import { sql } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  rowsOf,
  type Database,
  type RowOf,
  type Transaction,
  type WorkflowIntent,
} from '../platform/index.ts';

const openWorkRows = computedRows({
  kind: col.text<'series' | 'campaign' | 'acknowledgements' | 'import' | 'erasure'>(),
  id: col.text(),
  tenantId: col.text(),
});

export type OpenWork = RowOf<typeof openWorkRows>;

const dueWorkRows = computedRows({
  kind: col.text<'series' | 'campaign' | 'shard'>(),
  id: col.text(),
  tenantId: col.text(),
  workflowId: col.text(),
  /** An instant, as PostgreSQL writes it. */
  dueAt: col.text(),
  /** The version of the row when it was read; every write changes it. */
  version: col.text(),
});

/** A due row whose workflow was not signalled yet. */
export type DueWork = RowOf<typeof dueWorkRows>;

/**
 * Reads the rows that are due by the law clock; tenants take turns, beginning with the one after `after`, and the
 * oldest row of each comes first.
 */
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

const tables = { series: 'reminder_series', campaign: 'campaign', shard: 'batch' } as const;

/** Marks rows as signalled, except those that were written to since they were read. */
export async function markWoken(
  database: Database,
  notified: readonly DueWork[],
  machineNow: string,
): Promise<void> {
  const groups = Map.groupBy(notified, (work) => `${work.tenantId} ${work.kind}`);
  for (const works of groups.values()) {
    const [first] = works;
    if (first === undefined) continue;
    const rows = JSON.stringify(works.map(({ id, version }) => ({ id, version })));
    await database.withTenant(first.tenantId, (tx) =>
      tx.run(sql`
        UPDATE ${sql.table(tables[first.kind])} AS t SET woken_at = ${machineNow}::timestamptz
          FROM jsonb_to_recordset(${rows}::jsonb) AS notified(id uuid, version text)
         WHERE t.id = notified.id AND t.xmin::text = notified.version`),
    );
  }
}

const localeRows = rowsOf('tenant', ['locale']);

/** Reads the locale of a tenant, for the texts on Temporal's page; `fr` when the tenant is unknown. */
export async function localeOfTenant(database: Database, tenantId: string): Promise<string> {
  const tenant = await database.withTenant(tenantId, (tx) =>
    tx.first(localeRows.sql`SELECT locale FROM tenant WHERE id = ${tenantId}::uuid`),
  );
  return tenant?.locale ?? 'fr';
}

/** Returns a function that reads each tenant's locale once. */
export function localesOnce(database: Database): (tenantId: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (tenantId) => {
    const locale = known.get(tenantId) ?? localeOfTenant(database, tenantId);
    known.set(tenantId, locale);
    return locale;
  };
}

/** Reads a page of the open work that was due before an instant of the law clock; `infinity` means all open work. */
export function openWork(
  database: Database,
  lateBefore: string,
  page: { readonly after: string; readonly most: number },
): Promise<OpenWork[]> {
  return database.outside((tx) =>
    tx.rows(openWorkRows.sql`
      SELECT kind, id, tenant_id AS "tenantId" FROM open_work(${lateBefore}, ${page.after}, ${page.most})`),
  );
}

const dueIntentRows = rowsOf('intent', [
  'id',
  'tenantId',
  'class',
  'attempts',
  'workflowId',
  'signal',
  'trace',
]).with({
  verb: col.of('intent', 'verb').as<WorkflowIntent['verb']>(),
  workflow: col.of('intent', 'workflow').as<WorkflowIntent['workflow']>(),
  input: col.of('intent', 'input').as<WorkflowIntent['input']>(),
  locale: col.of('tenant', 'locale'),
});

export type DueIntent = RowOf<typeof dueIntentRows>;

const dueIntentIdRows = computedRows({ intent_id: col.text(), tenant_id: col.text() });

/**
 * Reads the intents that are due by the machine clock, in the order of delivery: by class, and within a class tenants
 * take turns, beginning with the one after `after`.
 */
export async function dueIntents(
  database: Database,
  now: string,
  { most, after = BEFORE_ALL }: { readonly most: number; readonly after?: string | undefined },
): Promise<DueIntent[]> {
  const due = await database.outside((tx) =>
    tx.rows(dueIntentIdRows.sql`SELECT intent_id, tenant_id FROM due_intents(${now}, ${most}, ${after})`),
  );
  const order = new Map(due.map(({ intent_id: id }, index) => [id, index]));
  const tenants = Map.groupBy(due, (row) => row.tenant_id);
  const read = await Promise.all(
    [...tenants].map(([tenantId, rows]) => {
      const ids = rows.map((row) => row.intent_id);
      return database.withTenant(tenantId, (tx) => intentsOf(tx, ids));
    }),
  );
  return read.flat().toSorted((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
}

const intentsOf = (tx: Transaction, ids: readonly string[]): Promise<DueIntent[]> =>
  tx.rows(dueIntentRows.sql`
      SELECT id, tenant_id AS "tenantId", class, attempts, verb, workflow, workflow_id AS "workflowId", signal, input, trace,
             (SELECT locale FROM tenant WHERE tenant.id = intent.tenant_id) AS locale
        FROM intent WHERE id = ANY (${ids}::uuid[])`);

export async function removeIntents(database: Database, notified: readonly DueIntent[]): Promise<void> {
  for (const [tenantId, intents] of Map.groupBy(notified, (intent) => intent.tenantId)) {
    const ids = intents.map((intent) => intent.id);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`DELETE FROM intent WHERE id = ANY (${ids}::uuid[])`),
    );
  }
}

/** Defers intents of one tenant until an instant of the machine clock, without counting an attempt. */
export async function deferIntents(
  database: Database,
  intents: readonly DueIntent[],
  until: string,
): Promise<void> {
  const [first] = intents;
  if (first === undefined) return;
  const ids = intents.map(({ id }) => id);
  await database.withTenant(first.tenantId, (tx) =>
    tx.run(sql`UPDATE intent SET not_before = ${until} WHERE id = ANY (${ids}::uuid[])`),
  );
}

/** Postpones an intent until an instant of the machine clock, and counts an attempt. */
export async function postponeIntent(database: Database, intent: DueIntent, until: string): Promise<void> {
  await database.withTenant(intent.tenantId, (tx) =>
    tx.run(sql`UPDATE intent SET attempts = attempts + 1, not_before = ${until} WHERE id = ${intent.id}`),
  );
}
