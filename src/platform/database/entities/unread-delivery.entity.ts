import { defineEntity, p } from '@mikro-orm/core';

/** An operator's raw call: kept until it was read, and longer where nobody could read it. */
export const UnreadDeliverySchema = defineEntity({
  name: 'UnreadDelivery',
  tableName: 'unread_delivery',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    /** By the machine clock. */
    receivedAt: p.datetime(6),
    times: p.integer(),
    wire: p.text(),
    state: p.text(),
    size: p.integer(),
    pieces: p.integer(),
  },
});
