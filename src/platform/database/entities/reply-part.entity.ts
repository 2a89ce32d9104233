import { defineEntity, p } from '@mikro-orm/core';

/** A part of a long reply that waits for the others. */
export const ReplyPartSchema = defineEntity({
  name: 'ReplyPart',
  tableName: 'reply_part',
  properties: {
    id: p.uuid().primary(),
    replyId: p.uuid(),
    accountId: p.uuid(),
    message: p.blob(),
    place: p.smallint(),
    places: p.smallint(),
    digest: p.blob(),
    sealed: p.blob(),
    receivedAt: p.datetime(6),
    toldAt: p.datetime(6).nullable(),
  },
});
