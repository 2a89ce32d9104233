import { defineEntity, p } from '@mikro-orm/core';

/** A wrapped key of one tenant, by purpose and version. */
export const DataKeySchema = defineEntity({
  name: 'DataKey',
  tableName: 'data_key',
  properties: {
    tenantId: p.uuid().primary(),
    purpose: p.text().primary(),
    version: p.integer().primary(),
    wrapped: p.blob(),
    inForce: p.boolean(),
    reached: p.blob(),
    createdAt: p.datetime(6),
  },
});
