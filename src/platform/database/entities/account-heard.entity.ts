import { defineEntity, p } from '@mikro-orm/core';

/** When an account last told a tenant of its own messages. */
export const AccountHeardSchema = defineEntity({
  name: 'AccountHeard',
  tableName: 'account_heard',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    /** Of the tenant's own messages. */
    lastReceiptAt: p.datetime(6),
  },
});
