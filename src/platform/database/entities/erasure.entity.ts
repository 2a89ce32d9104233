import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** An erasure on a person's request: time, author, counts of removals and of remaining records. */
export const ErasureSchema = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid(),
    /** Null once all traces are gone. */
    phoneIndex: p.blob().strictNullable(),
    requestedAt: instantColumn(),
    receivedAt: instantColumn(),
    dueAt: instantColumn(),
    /** Null when nobody said. */
    identityChecked: p.boolean().strictNullable(),
    /** Under the tenant's archive key. */
    sealedReason: p.blob().strictNullable(),
    actor: p.text(),
    state: p.text(),
    /** Numbers of removed rows by kind. */
    removed: p.json(),
    kept: p.json(),
    completedAt: instantColumn().strictNullable(),
  },
});

/** A person's request under the RGPD; its words are those of the reply with the same id. */
export const RightsRequestSchema = defineEntity({
  name: 'RightsRequest',
  tableName: 'rights_request',
  properties: {
    tenantId: p.uuid().primary(),
    /** The id of the reply that makes it. */
    id: p.uuid().primary(),
    contactId: p.uuid().strictNullable(),
    asks: p.text(),
    matched: p.text(),
    words: p.text(),
    receivedAt: instantColumn(),
    answerBy: p.date(),
    /** The erasure of the same person, once one was begun. */
    erasureId: p.uuid().strictNullable(),
    answeredAt: instantColumn().strictNullable(),
    outcome: p.text().strictNullable(),
    actor: p.text().strictNullable(),
    /** Under the tenant's archive key. */
    sealedNote: p.blob().strictNullable(),
  },
});

/** A contact in a legal claim: retention removes nothing of it. */
export const LegalHoldSchema = defineEntity({
  name: 'LegalHold',
  tableName: 'legal_hold',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    sealedReason: p.blob(),
    actor: p.text(),
    since: instantColumn(),
  },
});

/** One round of retention, or its rehearsal: counts of removals, by rule. */
export const RetentionRunSchema = defineEntity({
  name: 'RetentionRun',
  tableName: 'retention_run',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    actor: p.text(),
    startedAt: instantColumn(),
    endedAt: instantColumn().strictNullable(),
    /** Numbers of rows by kind. */
    lines: p.json(),
  },
});
