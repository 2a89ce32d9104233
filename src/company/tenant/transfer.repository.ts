import { sql } from 'kysely';
import { col, Refusal, rowsOf, type Transaction } from '../../platform/index.ts';
import { mayTransfer, type Destination, type TRANSFER_BASES } from './transfer.ts';

/** A legal basis recorded by an admin. */
export interface RecordedTransfer {
  readonly accountId: string;
  readonly basis: (typeof TRANSFER_BASES)[number];
  readonly documentRef: string;
  readonly country: string;
  /** ISO instant of the law clock. */
  readonly at: string;
  readonly actor: string;
}

/** Records the basis of a tenant's transfers to the country of an account's processor; the last record counts. */
export const recordTransfer = (tx: Transaction, one: RecordedTransfer): Promise<number> =>
  tx.run(sql`
    INSERT INTO transfer_basis (tenant_id, account_id, basis, document_ref, country, recorded_at, recorded_by)
    VALUES (${tx.tenantId}::uuid, ${one.accountId}, ${one.basis}, ${one.documentRef}, ${one.country}, ${one.at}, ${one.actor})
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET basis = excluded.basis, document_ref = excluded.document_ref,
      country = excluded.country, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`);

const destinationRows = rowsOf('gateway_account', ['fake']).with({
  country: col.of('gateway_account', 'processorCountry'),
  recordedFor: col.of('transfer_basis', 'country').orNull(),
});

/** Returns the country of an account's processor, and the country for which the tenant recorded a legal basis. */
const destinationOf = (tx: Transaction, accountId: string): Promise<Destination | undefined> =>
  tx.first(destinationRows.sql`
    SELECT g.fake, g.processor_country AS country, t.country AS "recordedFor"
      FROM gateway_account g LEFT JOIN transfer_basis t ON t.account_id = g.id WHERE g.id = ${accountId}::uuid`);

/** Refuses an account whose processor is outside the area, for a careful sector. */
export async function refuseTransfer(tx: Transaction, asked: Asked): Promise<void> {
  if (await isTransferForbidden(tx, asked))
    throw new Refusal('TRANSFER_BASIS_MISSING', {
      country: (await destinationOf(tx, asked.accountId))?.country ?? null,
    });
}

/** Says whether the messages of a sector may not be handed to the processor of an account. */
export async function isTransferForbidden(tx: Transaction, { accountId, sector }: Asked): Promise<boolean> {
  const destination = await destinationOf(tx, accountId);
  return destination === undefined || !mayTransfer(sector, destination);
}

interface Asked {
  readonly accountId: string;
  readonly sector: string;
}
