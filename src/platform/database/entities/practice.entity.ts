import { defineEntity, p } from '@mikro-orm/core';

/** A site with its own name, sender, phone and zone. */
export const PracticeSchema = defineEntity({
  name: 'Practice',
  tableName: 'practice',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().nullable(),
    externalIndex: p.blob(),
    nameIndex: p.blob(),
    sealed: p.blob(),
    sender: p.text().nullable(),
    sector: p.text().nullable(),
    territory: p.text().nullable(),
    timeZone: p.text().nullable(),
    goodFriday: p.text().nullable(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
  },
});
