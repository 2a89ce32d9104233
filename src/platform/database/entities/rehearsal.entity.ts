import { defineEntity, p } from '@mikro-orm/core';

/** What a campaign would do, as counted when somebody asked; counts, and the ids of two people. */
export const RehearsalSchema = defineEntity({
  name: 'Rehearsal',
  tableName: 'rehearsal',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    campaignId: p.uuid(),
    revision: p.integer(),
    state: p.text(),
    askedAt: p.datetime(6),
    endedAt: p.datetime(6).nullable(),
    report: p.json().nullable(),
    sha256: p.text().nullable(),
    weighed: p.integer().nullable(),
    people: p.integer().nullable(),
    messagesLeft: p.integer().nullable(),
    partsLeft: p.integer().nullable(),
  },
});
