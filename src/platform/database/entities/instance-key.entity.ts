import { defineEntity, p } from '@mikro-orm/core';

/** A wrapped key of the instance itself, by purpose and version. */
export const InstanceKeySchema = defineEntity({
  name: 'InstanceKey',
  tableName: 'instance_key',
  properties: {
    purpose: p.text().primary(),
    version: p.integer().primary(),
    wrapped: p.blob(),
    inForce: p.boolean(),
    createdAt: p.datetime(6),
  },
});
