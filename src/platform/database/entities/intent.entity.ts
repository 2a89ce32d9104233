import { defineEntity, p } from '@mikro-orm/core';

/** A start or signal for Temporal, written in the transaction that caused it. */
export const IntentSchema = defineEntity({
  name: 'Intent',
  tableName: 'intent',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    class: p.smallint(),
    verb: p.text(),
    workflow: p.text(),
    workflowId: p.text(),
    /** The signal's name; null for a plain start. */
    signal: p.text().nullable(),
    input: p.json(),
    createdAt: p.datetime(6),
    notBefore: p.datetime(6),
    attempts: p.integer(),
    /** The trace of whoever wrote it. */
    trace: p.text().nullable(),
  },
});
