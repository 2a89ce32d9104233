import { sql, type RawBuilder } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { ExternalName } from '../series/series.repository.ts';

const cancelledBookingRows = rowsOf('cancelled_booking', ['sourceRevision']).with({
  state: col.text<'cancelled'>(),
});

/** A cancellation kept before its booking exists. */
export type CancelledBooking = RowOf<typeof cancelledBookingRows>;

const named = (tx: Transaction, { kind, source, index }: ExternalName): RawBuilder<unknown> => sql`
  tenant_id = ${tx.tenantId}::uuid AND kind = ${kind} AND source = ${source} AND external_index = ${index}`;

/** Reads the kept cancellation of an external id. */
export function readCancelled(tx: Transaction, name: ExternalName): Promise<CancelledBooking | undefined> {
  return tx.first(cancelledBookingRows.sql`
    SELECT 'cancelled' AS state, source_revision::float8 AS "sourceRevision" FROM cancelled_booking WHERE ${named(tx, name)}`);
}

/** Keeps a cancellation; the highest revision counts. */
export async function rememberCancelled(
  tx: Transaction,
  { kind, source, index }: ExternalName,
  { sourceRevision, at }: { readonly sourceRevision: number | undefined; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO cancelled_booking AS c (tenant_id, kind, source, external_index, source_revision, cancelled_at)
    VALUES (${tx.tenantId}::uuid, ${kind}, ${source}, ${index}, ${sourceRevision ?? null}::bigint, ${at}::timestamptz)
    ON CONFLICT (tenant_id, kind, source, external_index) DO UPDATE
      SET source_revision = greatest(c.source_revision, excluded.source_revision), cancelled_at = excluded.cancelled_at`);
}

/** Removes the cancellation of a booking that is made after all. */
export async function forgetCancelled(tx: Transaction, name: ExternalName): Promise<void> {
  await tx.run(sql`DELETE FROM cancelled_booking WHERE ${named(tx, name)}`);
}
