import { defineEntity, p } from '@mikro-orm/core';

/** A delivery receipt as it came in. */
export const ReceiptSchema = defineEntity({
  name: 'Receipt',
  tableName: 'receipt',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    /** By the machine clock. */
    receivedAt: p.datetime(6),
    matchedAt: p.datetime(6).nullable(),
    tries: p.integer(),
    nextTryAt: p.datetime(6),
  },
});
