import { defineEntity, p } from '@mikro-orm/core';

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
