import { defineEntity, p } from '@mikro-orm/core';

/** One recipient of a campaign, or one step of a series. */
export const MessageSchema = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    state: p.string().columnType('message_state'),
    reason: p.text().nullable(),
    submissionId: p.uuid().nullable(),
    notBefore: p.datetime(6).nullable(),
    /** By the law clock. */
    acceptedAt: p.datetime(6).nullable(),
    finalAt: p.datetime(6).nullable(),
    revision: p.integer(),
    parts: p.smallint().nullable(),
    encoding: p.text().nullable(),
    digest: p.blob().nullable(),
  },
});

/** A run of messages owned by one workflow. */
export const BatchSchema = defineEntity({
  name: 'Batch',
  tableName: 'batch',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    accountId: p.uuid(),
    routed: p.boolean(),
    former: p.array().columnType('uuid[]'),
    price: p.decimal().nullable(),
    purpose: p.text(),
    campaignId: p.uuid().nullable(),
    seriesId: p.uuid().nullable(),
    shard: p.integer().nullable(),
    territory: p.text(),
    timeZone: p.text(),
    size: p.integer(),
    state: p.text(),
    epoch: p.integer(),
    reserved: p.decimal(),
    spent: p.decimal(),
    nextActionAt: p.datetime(6).nullable(),
    wokenAt: p.datetime(6).nullable(),
    waiting: p.json().nullable(),
    talliedAt: p.datetime(6).nullable(),
    createdAt: p.datetime(6),
    day: p.integer(),
    begunAt: p.datetime(6).nullable(),
    testOf: p.uuid().nullable(),
    cost: p.json().nullable(),
  },
});

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

/** The text one person received, encrypted. */
export const MessageTextSchema = defineEntity({
  name: 'MessageText',
  tableName: 'message_text',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    sealed: p.blob(),
    asks: p.boolean(),
    removeAt: p.datetime(6),
  },
});

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

/** An operator's acceptance of one message. */
export const AcceptanceSchema = defineEntity({
  name: 'Acceptance',
  tableName: 'acceptance',
  properties: {
    accountId: p.uuid().primary(),
    gatewayId: p.text().primary(),
    recipient: p.blob().primary(),
    tenantId: p.uuid(),
    batchId: p.uuid(),
    seq: p.integer(),
    submissionId: p.uuid(),
    firstByteAt: p.datetime(6).nullable(),
    answeredAt: p.datetime(6),
    part: p.smallint(),
    parts: p.smallint(),
    told: p.text().nullable(),
  },
});

/** A delivery receipt as it came in. */
export const ReceiptSchema = defineEntity({
  name: 'Receipt',
  tableName: 'receipt',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    /** By the machine clock. */
    receivedAt: p.datetime(6),
    matchedAt: p.datetime(6).nullable(),
    tries: p.integer(),
    nextTryAt: p.datetime(6),
  },
});

/** An operator's raw call: kept until it was read, and longer where nobody could read it. */
export const UnreadDeliverySchema = defineEntity({
  name: 'UnreadDelivery',
  tableName: 'unread_delivery',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    /** By the machine clock. */
    receivedAt: p.datetime(6),
    times: p.integer(),
    wire: p.text(),
    state: p.text(),
    size: p.integer(),
    pieces: p.integer(),
  },
});

/** The part of a rate that one worker may use. */
export const RateShareSchema = defineEntity({
  name: 'RateShare',
  tableName: 'rate_share',
  properties: {
    scope: p.text().primary(),
    workerId: p.uuid().primary(),
    granted: p.integer(),
    target: p.integer(),
    wanted: p.integer(),
    wantedFirst: p.integer(),
    wantedNotices: p.integer(),
    leaseUntil: p.datetime(6),
    cooling: p.integer(),
    coolingUntil: p.datetime(6).nullable(),
  },
});
