import { defineEntity, p } from '@mikro-orm/core';

/** The last time an account's state was reported to a tenant by its own messages. */
export const AccountReceivedSchema = defineEntity({
  name: 'AccountHeard',
  tableName: 'account_heard',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    /** Of the tenant's own messages. */
    lastReceiptAt: p.datetime(6),
  },
});
