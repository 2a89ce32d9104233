import { defineEntity, p } from '@mikro-orm/core';

/** One reminder of one revision of a series. */
export const ReminderStepSchema = defineEntity({
  name: 'ReminderStep',
  tableName: 'reminder_step',
  properties: {
    seriesId: p.uuid().primary(),
    revision: p.integer().primary(),
    position: p.integer().primary(),
    tenantId: p.uuid(),
    step: p.text(),
    facts: p.blob(),
    eventAt: p.datetime(6),
    wantedAt: p.datetime(6),
    plannedAt: p.datetime(6).nullable(),
    state: p.text(),
    code: p.text().nullable(),
    because: p.json().nullable(),
    since: p.datetime(6),
  },
});
