import { sql } from 'kysely';
import { countRows, type Transaction } from '../../platform/index.ts';

/** Locks a person until the transaction ends: two of their reminders are counted one after the other. */
export const waitForPerson = (tx: Transaction, contactId: string): Promise<number> =>
  tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`cap|${contactId}`}, 0))`);

/** Counts reminders of a purpose sent to a person since an instant of the law clock, or about to be. */
export async function remindersSince(
  tx: Transaction,
  about: { readonly contactId: string; readonly purpose: string; readonly since: string },
): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${about.contactId}::uuid AND b.kind = 'series'
       AND b.purpose = ${about.purpose}
       AND (m.accepted_at >= ${about.since}::timestamptz OR m.state IN ('ready', 'submitting', 'uncertain'))`);
  return row?.count ?? 0;
}
