import { sql } from 'kysely';
import { col, computedRows, idRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** The progress of removing reasons of visits from a tenant; undefined where nobody comes for their health. */
export type Cutting =
  | { readonly stage: 'contacts'; readonly after: string }
  /** By places in the chain of consents. */
  | { readonly stage: 'proofs'; readonly after: number }
  | { readonly stage: 'done' };

const START: Cutting = { stage: 'contacts', after: '00000000-0000-0000-0000-000000000000' };

const cutRows = computedRows({ cut: col.of('tenant', 'reasonsCut').as<Cutting>().orNull() });

/** Reads and locks the position of the removal until the transaction ends, so that two workers do not repeat it. */
export async function lockCutting(tx: Transaction): Promise<Cutting> {
  const row = await tx.first(cutRows.sql`
    SELECT reasons_cut AS cut FROM tenant WHERE id = ${tx.tenantId}::uuid FOR NO KEY UPDATE`);
  return row?.cut ?? START;
}

/** Stores the progress; undefined restarts it. */
export async function noteCutting(tx: Transaction, cutting: Cutting | undefined): Promise<void> {
  const cut = cutting === undefined ? null : JSON.stringify(cutting);
  await tx.run(sql`
    UPDATE tenant SET reasons_cut = ${cut}::jsonb
     WHERE id = ${tx.tenantId}::uuid AND reasons_cut IS DISTINCT FROM ${cut}::jsonb`);
}

/** Reads the next contacts after one, retired ones included. */
export async function contactsAfter(
  tx: Transaction,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

const placedProofRows = rowsOf('link', ['position', 'eventId']).and('consent_event', ['contactId']);

/** A proof and its position in the chain. */
export type PlacedProof = RowOf<typeof placedProofRows>;

/** Reads the next acts of the chain; an act may have lost its proof. */
export function actsAfter(
  tx: Transaction,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<PlacedProof[]> {
  return tx.rows(placedProofRows.sql`
    SELECT l.position::float8 AS position, l.event_id AS "eventId", e.contact_id AS "contactId"
      FROM link l JOIN consent_event e ON e.id = l.event_id AND e.tenant_id = l.tenant_id
     WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.chain = 'consent' AND l.position > ${after}
     ORDER BY l.position LIMIT ${most}`);
}

/** Replaces proofs by their shortened form, and marks them as such. */
export async function replaceProofs(
  tx: Transaction,
  proofs: readonly { readonly eventId: string; readonly sealed: Buffer }[],
  at: string,
): Promise<void> {
  if (proofs.length === 0) return;
  const rows = proofs.map(({ eventId, sealed }) => ({ eventId, sealed: `\\x${sealed.toString('hex')}` }));
  await tx.run(sql`
    UPDATE consent_proof p SET sealed = r.sealed, cut_at = ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("eventId" uuid, sealed bytea)
     WHERE p.event_id = r."eventId"`);
}
