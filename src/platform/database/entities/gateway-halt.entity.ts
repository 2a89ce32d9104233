import { defineEntity, p } from '@mikro-orm/core';

/** A tenant's halt of one account, for its own messages. */
export const GatewayHaltSchema = defineEntity({
  name: 'GatewayHalt',
  tableName: 'gateway_halt',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    reason: p.text(),
    /** By the law clock. */
    since: p.datetime(6),
    haltedBy: p.text().nullable(),
  },
});
