import { defineEntity, p } from '@mikro-orm/core';

/** A row given back, with its reason. */
export const RejectedRowSchema = defineEntity({
  name: 'RejectedRow',
  tableName: 'rejected_row',
  properties: {
    importId: p.uuid().primary(),
    line: p.integer().primary(),
    tenantId: p.uuid(),
    code: p.text(),
    detail: p.text(),
    facts: p.json().nullable(),
    sealed: p.blob(),
    rejectedAt: p.datetime(6),
  },
});
