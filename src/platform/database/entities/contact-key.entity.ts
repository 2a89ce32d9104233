import { defineEntity, p } from '@mikro-orm/core';

/** The wrapped key of one person; destroying it erases them. */
export const ContactKeySchema = defineEntity({
  name: 'ContactKey',
  tableName: 'contact_key',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    wrapped: p.blob(),
    keyVersion: p.integer(),
  },
});
