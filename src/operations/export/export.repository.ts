import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const bookingRows = rowsOf('reminder_series', [
  'id',
  'kind',
  'personIndex',
  'sealed',
  'eventAt',
  'state',
  'createdAt',
]).with({
  steps: col.json<
    readonly {
      readonly step: string;
      readonly plannedAt: string | null;
      readonly state: string;
    }[]
  >(),
});

/** A booking of a person, sealed. */
export type SealedBooking = RowOf<typeof bookingRows>;

/** Reads a page of a person's bookings, each with the steps of its current revision. */
export function readBookingsOf(
  tx: Transaction,
  contactId: string,
  page: { readonly after: string; readonly most: number },
): Promise<SealedBooking[]> {
  return tx.rows(bookingRows.sql`
    SELECT s.id, s.kind, s.person_index AS "personIndex", s.sealed, iso(s.event_at) AS "eventAt", s.state,
           iso(s.created_at) AS "createdAt",
           (SELECT coalesce(json_agg(json_build_object('step', t.step, 'plannedAt', iso(t.planned_at), 'state', t.state)
                                     ORDER BY t.position), '[]')
              FROM reminder_step t WHERE t.series_id = s.id AND t.revision = s.revision) AS steps
      FROM reminder_series s
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.contact_id = ${contactId}::uuid AND s.id > ${page.after}::uuid
     ORDER BY s.id LIMIT ${page.most}`);
}
