import { defineEntity, p } from '@mikro-orm/core';

/** A suppressed number. */
export const SuppressionSchema = defineEntity({
  name: 'Suppression',
  tableName: 'suppression',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    phoneIndex: p.blob(),
    phoneIndexNext: p.blob().nullable(),
    scope: p.text(),
    since: p.datetime(6),
    source: p.text(),
    eventId: p.uuid().nullable(),
    recordedAt: p.datetime(6),
    liftedAt: p.datetime(6).nullable(),
    liftedBy: p.uuid().nullable(),
    spentProofs: p.array(),
  },
});
