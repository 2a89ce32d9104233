import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Exempts a contact from retention, for a claim. */
export async function holdContact(
  tx: Transaction,
  hold: { readonly contactId: string; readonly sealed: Buffer; readonly actor: string; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO legal_hold (contact_id, tenant_id, sealed_reason, actor, since)
    VALUES (${hold.contactId}, ${tx.tenantId}, ${hold.sealed}, ${hold.actor}, ${hold.at}::timestamptz)
    ON CONFLICT (contact_id) DO UPDATE SET sealed_reason = excluded.sealed_reason`);
}

/** Ends the exemption; says whether there was one. */
export async function releaseContact(tx: Transaction, contactId: string): Promise<boolean> {
  return (await tx.run(sql`DELETE FROM legal_hold WHERE contact_id = ${contactId}::uuid`)) === 1;
}
