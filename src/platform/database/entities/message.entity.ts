import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** One recipient of a campaign, or one step of a series. */
export const MessageSchema = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().strictNullable(),
    state: p.string().columnType('message_state'),
    reason: p.text().strictNullable(),
    submissionId: p.uuid().strictNullable(),
    notBefore: instantColumn().strictNullable(),
    /** By the law clock. */
    acceptedAt: instantColumn().strictNullable(),
    finalAt: instantColumn().strictNullable(),
    revision: p.integer(),
    parts: p.smallint().strictNullable(),
    encoding: p.text().strictNullable(),
    digest: p.blob().strictNullable(),
  },
});

/** The messages that one attempt sends, owned by one workflow. */
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
    price: p.decimal().strictNullable(),
    purpose: p.text(),
    campaignId: p.uuid().strictNullable(),
    seriesId: p.uuid().strictNullable(),
    shard: p.integer().strictNullable(),
    territory: p.text(),
    timeZone: p.text(),
    size: p.integer(),
    state: p.text(),
    epoch: p.integer(),
    reserved: p.decimal(),
    spent: p.decimal(),
    nextActionAt: instantColumn().strictNullable(),
    wokenAt: instantColumn().strictNullable(),
    waiting: p.json().strictNullable(),
    talliedAt: instantColumn().strictNullable(),
    createdAt: instantColumn(),
    day: p.integer(),
    begunAt: instantColumn().strictNullable(),
    testOf: p.uuid().strictNullable(),
    cost: p.json().strictNullable(),
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
    at: instantColumn(),
    until: instantColumn().strictNullable(),
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
    contactId: p.uuid().strictNullable(),
    sealed: p.blob(),
    asks: p.boolean(),
    removeAt: instantColumn(),
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
    decisionId: p.uuid().strictNullable(),
    markedAt: instantColumn(),
    lawAt: instantColumn().strictNullable(),
    bodyDigest: p.blob(),
    outcome: p.text().strictNullable(),
    outcomeCode: p.text().strictNullable(),
    outcomeAt: instantColumn().strictNullable(),
    operatorCode: p.text().strictNullable(),
    operatorWords: p.text().strictNullable(),
    resent: p.integer(),
    price: p.decimal().strictNullable(),
    currency: p.text().strictNullable(),
    territory: p.text().strictNullable(),
    sentParts: p.smallint().strictNullable(),
    notTaken: p.array().columnType('int[]').strictNullable(),
  },
});

/** Counts of operators' answers, by account; they only grow. */
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
    firstByteAt: instantColumn().strictNullable(),
    answeredAt: instantColumn(),
    part: p.smallint(),
    parts: p.smallint(),
    told: p.text().strictNullable(),
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
    receivedAt: instantColumn(),
    matchedAt: instantColumn().strictNullable(),
    tries: p.integer(),
    nextTryAt: instantColumn(),
  },
});

/** An operator's raw call: kept until it was read, or as a dead letter when it could not be. */
export const UnreadDeliverySchema = defineEntity({
  name: 'UnreadDelivery',
  tableName: 'unread_delivery',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    /** By the machine clock. */
    receivedAt: instantColumn(),
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
    leaseUntil: instantColumn(),
    cooling: p.integer(),
    coolingUntil: instantColumn().strictNullable(),
  },
});

/** A person's message, as one tenant may read it. */
export const ReplySchema = defineEntity({
  name: 'Reply',
  tableName: 'reply',
  properties: {
    inboundId: p.uuid().primary(),
    tenantId: p.uuid().primary(),
    contactId: p.uuid().strictNullable(),
    accountId: p.uuid(),
    reading: p.text(),
    /** Empty for replies from before reasons were kept. */
    because: p.json(),
    unclear: p.boolean(),
    batchId: p.uuid().strictNullable(),
    seq: p.integer().strictNullable(),
    sealed: p.blob(),
    receivedAt: instantColumn(),
    decidedAt: instantColumn().strictNullable(),
    decision: p.text().strictNullable(),
    takenBack: p.array().columnType('timestamptz[]'),
  },
});

/** A part of a long reply, which waits for the other parts. */
export const ReplyPartSchema = defineEntity({
  name: 'ReplyPart',
  tableName: 'reply_part',
  properties: {
    id: p.uuid().primary(),
    replyId: p.uuid(),
    accountId: p.uuid(),
    message: p.blob(),
    place: p.smallint(),
    places: p.smallint(),
    digest: p.blob(),
    sealed: p.blob(),
    receivedAt: instantColumn(),
    passedOnAt: instantColumn().name('told_at').strictNullable(),
  },
});

/** A raw message from a person. */
export const InboundSchema = defineEntity({
  name: 'Inbound',
  tableName: 'inbound',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    reading: p.text(),
    receivedAt: instantColumn(),
    /** The instant at which its sender was suppressed. */
    effectiveAt: instantColumn().strictNullable(),
    settledAt: instantColumn().strictNullable(),
    simulated: p.boolean(),
  },
});

/** One answer to a STOP, a CONTACT or a sign-up. */
export const AcknowledgementSchema = defineEntity({
  name: 'Acknowledgement',
  tableName: 'acknowledgement',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    inboundId: p.uuid(),
    kind: p.text(),
    phoneIndex: p.blob(),
    onDay: p.date(),
    sealed: p.blob(),
    leaveBefore: instantColumn().strictNullable(),
  },
});
