import { defineEntity, p } from '@mikro-orm/core';

/** One time of a campaign that comes again: the campaign that it became, or why it became none. */
export const OccurrenceSchema = defineEntity({
  name: 'Occurrence',
  tableName: 'occurrence',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    recurrenceId: p.uuid(),
    occursAt: p.datetime(6),
    campaignId: p.uuid().nullable(),
    because: p.text().nullable(),
    notedAt: p.datetime(6),
  },
});
