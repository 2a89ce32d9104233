import { defineEntity, p } from '@mikro-orm/core';

/** One position of a tamper-evident chain. */
export const LinkSchema = defineEntity({
  name: 'Link',
  tableName: 'link',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    position: p.bigint('number').primary(),
    eventId: p.uuid(),
    previousHash: p.blob(),
    hash: p.blob(),
  },
});
