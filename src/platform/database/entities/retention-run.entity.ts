import { defineEntity, p } from '@mikro-orm/core';

/** One round of retention, or its rehearsal: counts of removals, by rule. */
export const RetentionRunSchema = defineEntity({
  name: 'RetentionRun',
  tableName: 'retention_run',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    actor: p.text(),
    startedAt: p.datetime(6),
    endedAt: p.datetime(6).nullable(),
    /** Numbers of rows by kind. */
    lines: p.json(),
  },
});
