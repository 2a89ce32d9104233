import { sql } from 'kysely';
import {
  addToWorkflowOutbox,
  BEFORE_ALL,
  type Page,
  query,
  type ResultOf,
  type Transaction,
} from '../../platform/index.ts';
import type { KeptLine } from '../../people/index.ts';

const erasures = (tx: Transaction) =>
  query
    .selectFrom('erasure')
    .select(['id', 'contactId', 'phoneIndex', 'requestedAt', 'receivedAt', 'dueAt', 'identityChecked'])
    .select(['sealedReason', 'actor', 'state', 'removed', 'kept', 'completedAt'])
    .$narrowType<{ state: 'running' | 'done'; kept: readonly KeptLine[] }>()
    .$narrowType<{ removed: Readonly<Record<string, number>> }>()
    .where('tenantId', '=', tx.tenantId);

export type ErasureRow = ResultOf<ReturnType<typeof erasures>>;

/** Reads one erasure by its id. */
export function readErasure(tx: Transaction, id: string): Promise<ErasureRow | undefined> {
  return tx.first(erasures(tx).where('id', '=', id));
}

/** Reads the erasure of a contact, if one was requested. */
export function readErasureOf(tx: Transaction, contactId: string): Promise<ErasureRow | undefined> {
  return tx.first(erasures(tx).where('contactId', '=', contactId));
}

/** Reads a page of erasures in order of creation. */
export function readErasurePage(tx: Transaction, { after = BEFORE_ALL, limit }: Page): Promise<ErasureRow[]> {
  return tx.rows(erasures(tx).where('id', '>', after).orderBy('id').limit(limit));
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

/** Completes an erasure with the records that stay, and removes the blind index by which traces were searched. */
export async function completeErasure(
  tx: Transaction,
  id: string,
  end: { readonly kept: readonly KeptLine[]; readonly at: string },
): Promise<void> {
  const done = { state: 'done', kept: JSON.stringify(end.kept), completedAt: end.at, phoneIndex: null };
  const running = query.updateTable('erasure').where('id', '=', id).where('state', '=', 'running');
  await tx.run(running.set(done));
}
