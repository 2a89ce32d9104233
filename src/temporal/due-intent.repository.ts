import { sql } from 'kysely';
import { col, computedRows, type Database, type Intent, type RowOf, rowsOf } from '../platform/index.ts';

const dueIntentRows = rowsOf('intent', [
  'id',
  'tenantId',
  'class',
  'attempts',
  'workflowId',
  'signal',
  'trace',
]).with({
  verb: col.of('intent', 'verb').as<Intent['verb']>(),
  workflow: col.of('intent', 'workflow').as<Intent['workflow']>(),
  input: col.of('intent', 'input').as<Intent['input']>(),
  /** The tenant's. */
  locale: col.of('tenant', 'locale'),
});

/** An intent for the dispatcher. */
export type DueIntent = RowOf<typeof dueIntentRows>;

const intentIdAndTenantIdRows = computedRows({ intent_id: col.text(), tenant_id: col.text() });

/** Reads the intents due by the machine clock, in the order of delivery. */
export async function dueIntents(database: Database, now: string, most: number): Promise<DueIntent[]> {
  const due = await database.outside((tx) =>
    tx.rows(intentIdAndTenantIdRows.sql`SELECT intent_id, tenant_id FROM due_intents(${now}, ${most})`),
  );
  const order = new Map(due.map(({ intent_id: id }, index) => [id, index]));
  const tenants = Map.groupBy(due, (row) => row.tenant_id);
  const read = await Promise.all(
    [...tenants].map(([tenantId, rows]) =>
      intentsOf(
        database,
        tenantId,
        rows.map((row) => row.intent_id),
      ),
    ),
  );
  return read.flat().toSorted((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
}

function intentsOf(database: Database, tenantId: string, ids: string[]): Promise<DueIntent[]> {
  return database.withTenant(tenantId, (tx) =>
    tx.rows(dueIntentRows.sql`
      SELECT id, tenant_id AS "tenantId", class, attempts, verb, workflow, workflow_id AS "workflowId", signal, input, trace,
             (SELECT locale FROM tenant WHERE tenant.id = intent.tenant_id) AS locale
        FROM intent WHERE id = ANY (${ids}::uuid[])`),
  );
}

/** Removes delivered intents. */
export async function removeIntents(database: Database, notified: readonly DueIntent[]): Promise<void> {
  for (const [tenantId, intents] of Map.groupBy(notified, (intent) => intent.tenantId)) {
    const ids = intents.map((intent) => intent.id);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`DELETE FROM intent WHERE id = ANY (${ids}::uuid[])`),
    );
  }
}

/** Postpones an intent until an instant of the machine clock. */
export async function postponeIntent(database: Database, intent: DueIntent, until: string): Promise<void> {
  await database.withTenant(intent.tenantId, (tx) =>
    tx.run(sql`UPDATE intent SET attempts = attempts + 1, not_before = ${until} WHERE id = ${intent.id}`),
  );
}
