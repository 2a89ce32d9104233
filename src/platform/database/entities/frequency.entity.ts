import { defineEntity, p } from '@mikro-orm/core';

/** Messages one person received on one day. */
export const FrequencySchema = defineEntity({
  name: 'Frequency',
  tableName: 'frequency',
  properties: {
    tenantId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    onDay: p.date().primary(),
    count: p.integer(),
  },
});
