import { defineEntity, p } from '@mikro-orm/core';

/** One event on its way to one endpoint; ids and codes, what is sent is made of them at each attempt. */
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
