import { sql } from 'kysely';
import { addToWorkflowOutbox, col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { KeptLine } from '../../people/index.ts';

const erasureRows = rowsOf('erasure', [
  'id',
  'contactId',
  'phoneIndex',
  'requestedAt',
  'receivedAt',
  'dueAt',
  'identityChecked',
  'sealedReason',
  'actor',
  'completedAt',
]).with({
  state: col.of('erasure', 'state').as<'running' | 'done'>(),
  removed: col.of('erasure', 'removed').as<Readonly<Record<string, number>>>(),
  kept: col.of('erasure', 'kept').as<readonly KeptLine[]>(),
});

/** An erasure as it is kept. */
export type ErasureRow = RowOf<typeof erasureRows>;

const COLUMNS = sql`
  id, contact_id AS "contactId", phone_index AS "phoneIndex", iso(requested_at) AS "requestedAt",
  iso(received_at) AS "receivedAt", iso(due_at) AS "dueAt", identity_checked AS "identityChecked",
  sealed_reason AS "sealedReason", actor, state, removed, kept, iso(completed_at) AS "completedAt"`;

/** One erasure by its id. */
export function readErasure(tx: Transaction, id: string): Promise<ErasureRow | undefined> {
  return tx.first(
    erasureRows.sql`SELECT ${COLUMNS} FROM erasure WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid`,
  );
}

/** Reads the erasure of a contact, if one was requested. */
export function readErasureOf(tx: Transaction, contactId: string): Promise<ErasureRow | undefined> {
  return tx.first(erasureRows.sql`
    SELECT ${COLUMNS} FROM erasure WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid`);
}

/** Reads a page of erasures in order of creation. */
export function readErasurePage(
  tx: Transaction,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ErasureRow[]> {
  const from = page.after === undefined ? sql`true` : sql`id > ${page.after}::uuid`;
  return tx.rows(erasureRows.sql`
    SELECT ${COLUMNS} FROM erasure WHERE tenant_id = ${tx.tenantId}::uuid AND ${from} ORDER BY id LIMIT ${page.limit}`);
}

/** Stores a new erasure and starts its workflow. */
export async function insertErasure(
  tx: Transaction,
  erasure: Omit<ErasureRow, 'state' | 'kept' | 'completedAt'>,
  machineMs: number,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO erasure (id, tenant_id, contact_id, phone_index, requested_at, received_at, due_at, identity_checked,
                         sealed_reason, actor, state, removed)
    VALUES (${erasure.id}, ${tx.tenantId}, ${erasure.contactId}, ${erasure.phoneIndex}, ${erasure.requestedAt}::timestamptz,
            ${erasure.receivedAt}::timestamptz, ${erasure.dueAt}::timestamptz, ${erasure.identityChecked},
            ${erasure.sealedReason}, ${erasure.actor}, 'running', ${JSON.stringify(erasure.removed)}::jsonb)`);
  const input = { tenantId: tx.tenantId, erasureId: erasure.id };
  const workflow = { workflow: 'erasure', workflowId: `erasure/${erasure.id}`, input } as const;
  await addToWorkflowOutbox(tx, [{ class: 'order', verb: 'start', ...workflow }], machineMs);
}

/** Adds to the removals. */
export async function addRemoved(
  tx: Transaction,
  id: string,
  removed: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.run(sql`
    UPDATE erasure e SET removed = e.removed || (
      SELECT coalesce(jsonb_object_agg(n.key, n.value::int + coalesce((e.removed ->> n.key)::int, 0)), '{}')
        FROM jsonb_each_text(${JSON.stringify(removed)}::jsonb) n WHERE n.value <> '0')
     WHERE e.id = ${id}::uuid AND e.state = 'running'`);
}

/** Closes an erasure with the remaining records; its search fingerprint is removed. */
export async function completeErasure(
  tx: Transaction,
  id: string,
  end: { readonly kept: readonly KeptLine[]; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    UPDATE erasure SET state = 'done', kept = ${JSON.stringify(end.kept)}::jsonb, completed_at = ${end.at}::timestamptz,
           phone_index = NULL
     WHERE id = ${id}::uuid AND state = 'running'`);
}
