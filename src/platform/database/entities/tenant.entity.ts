import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn, openedFrom, sealedColumn } from '../property-types.ts';

/** The controller: one legal entity that decides whom to write to. */
export const TenantSchema = defineEntity({
  name: 'Tenant',
  tableName: 'tenant',
  properties: {
    id: p.uuid().primary(),
    externalId: p.text().strictNullable(),
    name: p.text(),
    legalName: p.text(),
    contact: p.json(),
    sender: p.text().strictNullable(),
    sector: p.text(),
    profile: p.text(),
    territory: p.text(),
    timeZone: p.text(),
    locale: p.text(),
    domains: p.array(),
    settings: p.json(),
    complete: p.boolean(),
    halted: p.boolean().default(false),
    haltReason: p.text().strictNullable(),
    haltedAt: instantColumn().strictNullable(),
    /** Who ordered the halt, as the audit names them; null where it is not known. */
    haltedBy: p.text().strictNullable(),
    shadow: p.boolean().default(false),
    reasonsCut: p.json().strictNullable(),
    createdAt: instantColumn(),
    updatedAt: instantColumn(),
  },
});

/** A key that acts for a tenant; only its hash is stored. */
export const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid().strictNullable(),
    hash: p.blob(),
    role: p.text(),
    name: p.text(),
    source: p.text(),
    createdAt: instantColumn(),
    revokedAt: instantColumn().strictNullable(),
    lastUsedAt: instantColumn().strictNullable(),
    /** Null for a key that is valid until somebody revokes it. */
    expiresAt: instantColumn().strictNullable(),
    sessionsEndedAt: instantColumn().strictNullable(),
    /**
     * The key that made this one; null for the first key, for those of people who signed in, and for keys from before
     * this was kept.
     */
    madeBy: p.uuid().strictNullable(),
  },
});

/** One audited action; append-only and chained. */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    at: instantColumn(),
    actor: p.text(),
    action: p.text(),
    subject: p.text().strictNullable(),
    details: p.json(),
  },
});

/** A trade name that recipients read. */
export const BrandSchema = defineEntity({
  name: 'Brand',
  tableName: 'brand',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    externalId: p.text(),
    name: p.text(),
    sender: p.text().strictNullable(),
    createdAt: instantColumn(),
  },
});

/** One answered request, kept for 24 h, so that a repetition of it has the same answer. */
export const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  properties: {
    tenantId: p.uuid().primary(),
    keyDigest: p.blob().primary(),
    bodyDigest: p.blob(),
    status: p.integer().strictNullable(),
    answer: p.blob().strictNullable(),
    createdAt: instantColumn(),
  },
});

/** A site with its own name, sender, phone and zone. */
export const PracticeSchema = defineEntity({
  name: 'Practice',
  tableName: 'practice',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().strictNullable(),
    externalIndex: p.blob(),
    nameIndex: p.blob(),
    sealed: p.blob(),
    sender: p.text().strictNullable(),
    sector: p.text().strictNullable(),
    territory: p.text().strictNullable(),
    timeZone: p.text().strictNullable(),
    goodFriday: p.text().strictNullable(),
    createdAt: instantColumn(),
    updatedAt: instantColumn(),
  },
});

/** A tenant's legal basis for transfers to a processor outside the European Economic Area. */
export const TransferBasisSchema = defineEntity({
  name: 'TransferBasis',
  tableName: 'transfer_basis',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    basis: p.text(),
    documentRef: p.text(),
    country: p.text(),
    recordedAt: instantColumn(),
    recordedBy: p.text(),
  },
});

/** A tenant's address for webhooks. */
export const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    /** The address in clear, as an earlier version stored it, until it is sealed. */
    url: p.text().strictNullable(),
    sealedUrl: sealedColumn().strictNullable(),
    address: openedFrom('sealedUrl'),
    /** Empty for all events. */
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

/** One event to deliver to one endpoint: ids and codes alone, from which each attempt makes the body. */
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
