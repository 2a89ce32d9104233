import { sql } from 'kysely';
import { type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const personProofRows = rowsOf('consent_proof', ['eventId', 'sealed']).and('consent_event', [
  'kind',
  'purpose',
]);

/** A proof and its act. */
export type PersonProof = RowOf<typeof personProofRows>;

export function readProofsOf(tx: Transaction, contactId: string): Promise<PersonProof[]> {
  return tx.rows(personProofRows.sql`
    SELECT p.event_id AS "eventId", e.kind, e.purpose, p.sealed FROM consent_proof p JOIN consent_event e ON e.id = p.event_id
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ${contactId}::uuid ORDER BY p.event_id`);
}

const purposeRows = rowsOf('batch', ['purpose']);

/** Reads the purposes for which anything was handed to an operator for a person. */
export async function purposesServed(tx: Transaction, contactId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.rows(purposeRows.sql`
    SELECT DISTINCT b.purpose FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid AND m.submission_id IS NOT NULL`);
  return new Set(rows.map(({ purpose }) => purpose));
}

/** Reseals proofs under another key; their digests and places stay. */
export async function resealProofs(
  tx: Transaction,
  proofs: readonly { readonly eventId: string; readonly sealed: Buffer }[],
): Promise<void> {
  const rows = proofs.map(({ eventId, sealed }) => ({ eventId, sealed: `\\x${sealed.toString('hex')}` }));
  await tx.run(sql`
    UPDATE consent_proof p SET sealed = r.sealed
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("eventId" uuid, sealed bytea)
     WHERE p.event_id = r."eventId"`);
}

/** Removes proofs; the acts stay in the chain. */
export async function removeProofs(tx: Transaction, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  return tx.run(sql`DELETE FROM consent_proof WHERE event_id = ANY(${eventIds}::uuid[])`);
}

/** Notes with a number's suppressions the proofs that end none of them. */
export async function spendProofs(
  tx: Transaction,
  phoneIndex: Buffer,
  marks: readonly string[],
): Promise<void> {
  if (marks.length === 0) return;
  await tx.run(sql`
    UPDATE suppression s SET spent_proofs = ARRAY(SELECT DISTINCT m FROM unnest(s.spent_proofs || ${marks}::text[]) m)
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = ${phoneIndex} AND s.lifted_at IS NULL`);
}

/** Destroys a person's key and rows: from the commit on nothing opens, and nothing is sent. */
export async function destroyPerson(tx: Transaction, contactId: string): Promise<void> {
  await tx.run(sql`
    WITH locked AS (DELETE FROM contact_key WHERE contact_id = ${contactId}::uuid),
         stood AS (DELETE FROM consent WHERE contact_id = ${contactId}::uuid),
         counted AS (DELETE FROM frequency WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid),
         coded AS (DELETE FROM form_code f USING contact c
                    WHERE c.id = ${contactId}::uuid AND f.tenant_id = c.tenant_id AND f.phone_index = c.phone_index),
         answered AS (DELETE FROM form_answer WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid),
         leaving AS (DELETE FROM leaving_contact WHERE contact_id = ${contactId}::uuid)
    DELETE FROM contact WHERE id = ${contactId}::uuid`);
}
