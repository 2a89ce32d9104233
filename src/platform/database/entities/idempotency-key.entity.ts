import { defineEntity, p } from '@mikro-orm/core';

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
