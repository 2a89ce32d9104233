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
    /** A sentence, free of what the row says, in the language of the tenant. */
    detail: p.text(),
    /** The facts from which the sentence is made in another language; null for rows of earlier versions. */
    facts: p.json().nullable(),
    /** Its cells, under the tenant's data key. */
    sealed: p.blob(),
    rejectedAt: p.datetime(6),
  },
});
