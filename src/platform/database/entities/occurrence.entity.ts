import { defineEntity, p } from '@mikro-orm/core';

/** One time of a campaign that comes again: the campaign that it became, or why it became none. */
export const OccurrenceSchema = defineEntity({
  name: 'Occurrence',
  tableName: 'occurrence',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    recurrenceId: p.uuid(),
    /** By the law clock. */
    occursAt: p.datetime(6),
    /** The campaign that it became; none when it was passed over. */
    campaignId: p.uuid().nullable(),
    /** Why it was passed over, or waits as a draft. */
    because: p.text().nullable(),
    notedAt: p.datetime(6),
  },
});
