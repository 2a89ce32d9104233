import { defineEntity, p } from '@mikro-orm/core';

/** The controller: one legal entity that decides whom to write to. */
export const TenantSchema = defineEntity({
  name: 'Tenant',
  tableName: 'tenant',
  properties: {
    id: p.uuid().primary(),
    externalId: p.text().nullable(),
    name: p.text(),
    legalName: p.text(),
    contact: p.json(),
    sender: p.text().nullable(),
    sector: p.text(),
    profile: p.text(),
    territory: p.text(),
    timeZone: p.text(),
    locale: p.text(),
    domains: p.array(),
    settings: p.json(),
    complete: p.boolean(),
    halted: p.boolean(),
    haltReason: p.text().nullable(),
    haltedAt: p.datetime(6).nullable(),
    /** As the audit names whoever ordered it; null where it is not known. */
    haltedBy: p.text().nullable(),
    shadow: p.boolean(),
    reasonsCut: p.json().nullable(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
  },
});

/** A key that acts for a tenant; only its hash is stored. */
export const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid().nullable(),
    hash: p.blob(),
    role: p.text(),
    name: p.text(),
    source: p.text(),
    createdAt: p.datetime(6),
    revokedAt: p.datetime(6).nullable(),
    lastUsedAt: p.datetime(6).nullable(),
    /** Null: it lives until somebody revokes it. */
    expiresAt: p.datetime(6).nullable(),
    sessionsEndedAt: p.datetime(6).nullable(),
    /** The key that made it; null for the first one, for whoever signed in, and for keys of before this was kept. */
    madeBy: p.uuid().nullable(),
  },
});

/** One audited action; append-only and chained. */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    at: p.datetime(6),
    actor: p.text(),
    action: p.text(),
    subject: p.text().nullable(),
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
    sender: p.text().nullable(),
    createdAt: p.datetime(6),
  },
});

/** One answered request, kept 24 h, so that its repetition answers alike. */
export const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  properties: {
    tenantId: p.uuid().primary(),
    keyDigest: p.blob().primary(),
    bodyDigest: p.blob(),
    status: p.integer().nullable(),
    answer: p.blob().nullable(),
    createdAt: p.datetime(6),
  },
});

/** A site with its own name, sender, phone and zone. */
export const PracticeSchema = defineEntity({
  name: 'Practice',
  tableName: 'practice',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().nullable(),
    externalIndex: p.blob(),
    nameIndex: p.blob(),
    sealed: p.blob(),
    sender: p.text().nullable(),
    sector: p.text().nullable(),
    territory: p.text().nullable(),
    timeZone: p.text().nullable(),
    goodFriday: p.text().nullable(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
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
    recordedAt: p.datetime(6),
    recordedBy: p.text(),
  },
});
