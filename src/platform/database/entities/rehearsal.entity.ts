import { defineEntity, p } from '@mikro-orm/core';

/** A rehearsal of a campaign: counts, and the ids of two people. */
export const RehearsalSchema = defineEntity({
  name: 'Rehearsal',
  tableName: 'rehearsal',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    campaignId: p.uuid(),
    /** The revision of the campaign that was rehearsed. */
    revision: p.integer(),
    state: p.text(),
    askedAt: p.datetime(6),
    endedAt: p.datetime(6).nullable(),
    report: p.json().nullable(),
    /** Of the report as canonical JSON. */
    sha256: p.text().nullable(),
    /** Of those who could be written to, how many texts were made so far; null before they are counted. */
    weighed: p.integer().nullable(),
    people: p.integer().nullable(),
    /** Messages sent by the campaign at the last count; null before it. */
    messagesLeft: p.integer().nullable(),
    partsLeft: p.integer().nullable(),
  },
});
