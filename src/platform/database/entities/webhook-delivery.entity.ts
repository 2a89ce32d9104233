import { defineEntity, p } from '@mikro-orm/core';

/** One event to deliver to one endpoint; ids and codes, from which the body is made at each attempt. */
export const WebhookDeliverySchema = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    endpointId: p.uuid(),
    type: p.text(),
    subject: p.uuid().nullable(),
    about: p.json(),
    state: p.text(),
    /** Why the last attempt failed. */
    because: p.text().nullable(),
    attempts: p.integer(),
    at: p.datetime(6),
    nextAttemptAt: p.datetime(6).nullable(),
    expiresAt: p.datetime(6),
    finishedAt: p.datetime(6).nullable(),
  },
});
