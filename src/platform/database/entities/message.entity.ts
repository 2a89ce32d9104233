import { defineEntity, p } from '@mikro-orm/core';

/** One recipient of a campaign, or one step of a series. */
export const MessageSchema = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    state: p.string().columnType('message_state'),
    reason: p.text().nullable(),
    submissionId: p.uuid().nullable(),
    notBefore: p.datetime(6).nullable(),
    /** By the law clock. */
    acceptedAt: p.datetime(6).nullable(),
    finalAt: p.datetime(6).nullable(),
    revision: p.integer(),
    parts: p.smallint().nullable(),
    encoding: p.text().nullable(),
    digest: p.blob().nullable(),
  },
});
