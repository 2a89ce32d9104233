import { defineEntity, p } from '@mikro-orm/core';

/** One round of cleaning, or its rehearsal: what went for reasons of age, and by which rule. */
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
    /** How many rows, by what they were. */
    lines: p.json(),
  },
});
