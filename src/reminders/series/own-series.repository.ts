import { idRows, type Transaction } from '../../platform/index.ts';

/** Says whether a system ever booked something for a person: its staff may phone them. */
export async function hasBooked(
  tx: Transaction,
  { contactId, source }: { readonly contactId: string; readonly source: string },
): Promise<boolean> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM reminder_series
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid AND source = ${source} LIMIT 1`);
  return row !== undefined;
}
