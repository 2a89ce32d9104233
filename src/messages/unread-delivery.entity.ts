import { defineEntity, p } from '@mikro-orm/core';

/** What an operator told and nobody could read, as it came. */
export const UnreadDeliverySchema = defineEntity({
  name: 'UnreadDelivery',
  tableName: 'unread_delivery',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    receivedAt: p.datetime(6),
    times: p.integer(),
  },
});
