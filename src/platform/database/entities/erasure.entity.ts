import { defineEntity, p } from '@mikro-orm/core';

/** An erasure on a person's request: time, author, counts of removals and of remaining records. */
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
    /** Numbers of removed rows by kind. */
    removed: p.json(),
    kept: p.json(),
    completedAt: p.datetime(6).nullable(),
  },
});
