import { defineEntity, p } from '@mikro-orm/core';

/** The text one person received, encrypted. */
export const MessageTextSchema = defineEntity({
  name: 'MessageText',
  tableName: 'message_text',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    sealed: p.blob(),
    asks: p.boolean(),
    removeAt: p.datetime(6),
  },
});
