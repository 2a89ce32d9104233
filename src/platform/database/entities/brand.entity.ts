import { defineEntity, p } from '@mikro-orm/core';

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
