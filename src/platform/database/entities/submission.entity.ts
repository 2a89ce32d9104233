import { defineEntity, p } from '@mikro-orm/core';

/** One call to an operator. */
export const SubmissionSchema = defineEntity({
  name: 'Submission',
  tableName: 'submission',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    accountId: p.uuid(),
    batchId: p.uuid(),
    epoch: p.integer(),
    key: p.text(),
    messages: p.integer(),
    decisionId: p.uuid().nullable(),
    markedAt: p.datetime(6),
    lawAt: p.datetime(6).nullable(),
    bodyDigest: p.blob(),
    outcome: p.text().nullable(),
    outcomeCode: p.text().nullable(),
    outcomeAt: p.datetime(6).nullable(),
    operatorCode: p.text().nullable(),
    operatorWords: p.text().nullable(),
    resent: p.integer(),
    price: p.decimal().nullable(),
    currency: p.text().nullable(),
    territory: p.text().nullable(),
    sentParts: p.smallint().nullable(),
    notTaken: p.array().columnType('int[]').nullable(),
  },
});
