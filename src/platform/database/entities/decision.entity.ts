import { defineEntity, p } from '@mikro-orm/core';

/** A verdict of the law with its inputs and versions. */
export const DecisionSchema = defineEntity({
  name: 'Decision',
  tableName: 'decision',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    batchId: p.uuid(),
    purpose: p.text(),
    territory: p.text(),
    timeZone: p.text(),
    verdict: p.text(),
    at: p.datetime(6),
    until: p.datetime(6).nullable(),
    profile: p.text(),
    rulesVersion: p.text(),
    calendarVersion: p.text(),
    rules: p.json(),
    inputs: p.json(),
    clockRevision: p.integer(),
  },
});
