import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn, openedFrom, sealedColumn } from '../property-types.ts';

/** A tenant's address for webhooks. */
export const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    /** In clear, from an earlier version, until it is sealed. */
    url: p.text().strictNullable(),
    sealedUrl: sealedColumn().strictNullable(),
    address: openedFrom('sealedUrl'),
    /** Empty: every event. */
    events: p.array(),
    description: p.text().strictNullable(),
    sealedSecret: sealedColumn(),
    secret: openedFrom('sealedSecret'),
    createdAt: instantColumn(),
    removedAt: instantColumn().strictNullable(),
    delivered: p.bigint('number').default(0),
    retried: p.bigint('number').default(0),
    failed: p.bigint('number').default(0),
    failingSince: instantColumn().strictNullable(),
    failingBecause: p.text().strictNullable(),
    restingUntil: instantColumn().strictNullable(),
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
    subject: p.uuid().strictNullable(),
    about: p.json(),
    state: p.text(),
    /** Why the last attempt failed. */
    because: p.text().strictNullable(),
    attempts: p.integer(),
    at: instantColumn(),
    nextAttemptAt: instantColumn().strictNullable(),
    expiresAt: instantColumn(),
    finishedAt: instantColumn().strictNullable(),
  },
});
