import { defineEntity, p } from '@mikro-orm/core';

/** An event that waits for its position in a chain. */
export const UnlinkedSchema = defineEntity({
  name: 'Unlinked',
  tableName: 'unlinked',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    eventId: p.uuid().primary(),
  },
});
