import { defineEntity, p } from '@mikro-orm/core';

/** One event on its way to one endpoint. */
export const WebhookDeliverySchema = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    endpointId: p.uuid(),
    type: p.text(),
    sealedPayload: p.blob(),
    state: p.text(),
    attempts: p.integer(),
    at: p.datetime(6),
    nextAttemptAt: p.datetime(6).nullable(),
  },
});
