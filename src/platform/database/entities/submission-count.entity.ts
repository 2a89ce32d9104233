import { defineEntity, p } from '@mikro-orm/core';

/** Counts of operators' answers by account; they only grow. */
export const SubmissionCountSchema = defineEntity({
  name: 'SubmissionCount',
  tableName: 'submission_count',
  properties: {
    accountId: p.uuid().primary(),
    outcome: p.text().primary(),
    reason: p.text().primary(),
    calls: p.bigint(),
    messages: p.bigint(),
    seconds: p.double().$type<number>(),
  },
});
