import { defineEntity, p } from '@mikro-orm/core';

/** A booking that was cancelled before it was made. */
export const CancelledBookingSchema = defineEntity({
  name: 'CancelledBooking',
  tableName: 'cancelled_booking',
  properties: {
    tenantId: p.uuid().primary(),
    kind: p.text().primary(),
    source: p.text().primary(),
    externalIndex: p.blob().primary(),
    /** The highest that came with a cancellation; null when none did. */
    sourceRevision: p.bigint('number').nullable(),
    cancelledAt: p.datetime(6),
  },
});
