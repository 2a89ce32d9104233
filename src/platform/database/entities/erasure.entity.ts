import { defineEntity, p } from '@mikro-orm/core';

/** A person who asked to be erased: when, who did it, what went and what stays. */
export const ErasureSchema = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid(),
    phoneIndex: p.blob().nullable(),
    requestedAt: p.datetime(6),
    receivedAt: p.datetime(6),
    dueAt: p.datetime(6),
    identityChecked: p.boolean().nullable(),
    sealedReason: p.blob().nullable(),
    actor: p.text(),
    state: p.text(),
    removed: p.json(),
    kept: p.json(),
    completedAt: p.datetime(6).nullable(),
  },
});
