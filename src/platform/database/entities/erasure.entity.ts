import { defineEntity, p } from '@mikro-orm/core';

/** A person who asked to be erased: when, who did it, what went and what stays. */
export const ErasureSchema = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid(),
    /** Null once all traces are gone. */
    phoneIndex: p.blob().nullable(),
    requestedAt: p.datetime(6),
    receivedAt: p.datetime(6),
    dueAt: p.datetime(6),
    /** Null when nobody said. */
    identityChecked: p.boolean().nullable(),
    /** Under the tenant's archive key. */
    sealedReason: p.blob().nullable(),
    actor: p.text(),
    state: p.text(),
    /** How many rows went, by what they were. */
    removed: p.json(),
    kept: p.json(),
    completedAt: p.datetime(6).nullable(),
  },
});
