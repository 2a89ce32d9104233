import { defineEntity, p } from '@mikro-orm/core';

/** A tenant's address for webhooks. */
export const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    /** In clear, from an earlier version, until it is sealed. */
    url: p.text().nullable(),
    sealedUrl: p.blob().nullable(),
    /** Empty: every event. */
    events: p.array(),
    description: p.text().nullable(),
    sealedSecret: p.blob(),
    createdAt: p.datetime(6),
    removedAt: p.datetime(6).nullable(),
    delivered: p.bigint('number'),
    retried: p.bigint('number'),
    failed: p.bigint('number'),
    failingSince: p.datetime(6).nullable(),
    failingBecause: p.text().nullable(),
    restingUntil: p.datetime(6).nullable(),
  },
});

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
