import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** A person’s message as one tenant may read it. */
export const ReplySchema = defineEntity({
  name: 'Reply',
  tableName: 'reply',
  properties: {
    inboundId: p.uuid().primary(),
    tenantId: p.uuid().primary(),
    contactId: p.uuid().strictNullable(),
    accountId: p.uuid(),
    reading: p.text(),
    /** Empty for what came before reasons were kept. */
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

/** A part of a long reply that waits for the others. */
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
