import { defineEntity, p } from '@mikro-orm/core';

/** The current consent of one person for one purpose. */
export const ConsentSchema = defineEntity({
  name: 'Consent',
  tableName: 'consent',
  properties: {
    contactId: p.uuid().primary(),
    purpose: p.text().primary(),
    tenantId: p.uuid(),
    sendable: p.boolean(),
    why: p.text().nullable(),
    basis: p.text(),
    since: p.datetime(6),
    until: p.datetime(6).nullable(),
    wordingId: p.uuid().nullable(),
    eventId: p.uuid(),
    generation: p.integer(),
  },
});
