import { defineEntity, p } from '@mikro-orm/core';

/** A person’s message as one tenant may read it. */
export const ReplySchema = defineEntity({
  name: 'Reply',
  tableName: 'reply',
  properties: {
    inboundId: p.uuid().primary(),
    tenantId: p.uuid().primary(),
    contactId: p.uuid().nullable(),
    accountId: p.uuid(),
    reading: p.text(),
    /** Empty for what came before reasons were kept. */
    because: p.json(),
    unclear: p.boolean(),
    batchId: p.uuid().nullable(),
    seq: p.integer().nullable(),
    sealed: p.blob(),
    receivedAt: p.datetime(6),
    decidedAt: p.datetime(6).nullable(),
    decision: p.text().nullable(),
    takenBack: p.array().columnType('timestamptz[]'),
  },
});
