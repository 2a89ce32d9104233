import { defineEntity, p } from '@mikro-orm/core';

/** An operator's acceptance of one message. */
export const AcceptanceSchema = defineEntity({
  name: 'Acceptance',
  tableName: 'acceptance',
  properties: {
    accountId: p.uuid().primary(),
    gatewayId: p.text().primary(),
    recipient: p.blob().primary(),
    tenantId: p.uuid(),
    batchId: p.uuid(),
    seq: p.integer(),
    submissionId: p.uuid(),
    firstByteAt: p.datetime(6).nullable(),
    answeredAt: p.datetime(6),
    part: p.smallint(),
    parts: p.smallint(),
    told: p.text().nullable(),
  },
});
