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
