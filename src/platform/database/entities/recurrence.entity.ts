import { defineEntity, p } from '@mikro-orm/core';

/** The recurrence of a campaign. */
export const RecurrenceSchema = defineEntity({
  name: 'Recurrence',
  tableName: 'recurrence',
  properties: {
    campaignId: p.uuid().primary(),
    tenantId: p.uuid(),
    every: p.text(),
    firstOn: p.date(),
    atHour: p.text(),
    timeZone: p.text(),
    untilOn: p.date().nullable(),
    expiresAfter: p.text().nullable(),
    launchedBy: p.text().nullable(),
    acknowledged: p.array(),
    lookedUnder: p.integer().nullable(),
  },
});
