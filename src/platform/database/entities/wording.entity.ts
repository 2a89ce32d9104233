import { defineEntity, p } from '@mikro-orm/core';

/** A wording that somebody agreed to; never rewritten. */
export const WordingSchema = defineEntity({
  name: 'Wording',
  tableName: 'wording',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().nullable(),
    purposes: p.array(),
    locale: p.text(),
    version: p.integer(),
    text: p.text(),
    sha256: p.blob(),
    origin: p.text(),
    /** Null when nobody said it. */
    inUseFrom: p.datetime(6).nullable(),
    inUseUntil: p.datetime(6).nullable(),
    findings: p.json(),
    createdAt: p.datetime(6),
  },
});
