import { defineEntity, p } from '@mikro-orm/core';

/** One occurrence of a recurring campaign: the campaign it became, or the reason why there is none. */
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
