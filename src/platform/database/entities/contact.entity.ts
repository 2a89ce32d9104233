import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** The holder of a number within a tenant. */
export const ContactSchema = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    phoneIndex: p.blob(),
    phoneIndexNext: p.blob().strictNullable(),
    sealed: p.blob(),
    territory: p.text(),
    timeZone: p.text(),
    placeFrom: p.text(),
    lineType: p.text(),
    adultOn: p.date().strictNullable(),
    numberState: p.text().strictNullable(),
    numberVersion: p.integer(),
    numberSince: instantColumn().strictNullable(),
    simulated: p.boolean(),
    lastInteractionAt: instantColumn().strictNullable(),
    retiredAt: instantColumn().strictNullable(),
    createdAt: instantColumn(),
    updatedAt: instantColumn(),
  },
});

/** The wrapped key of one person; destroying it erases them. */
export const ContactKeySchema = defineEntity({
  name: 'ContactKey',
  tableName: 'contact_key',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    wrapped: p.blob(),
    keyVersion: p.integer(),
  },
});

/** One position of a tamper-evident chain. */
export const LinkSchema = defineEntity({
  name: 'Link',
  tableName: 'link',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    position: p.bigint('number').primary(),
    eventId: p.uuid(),
    previousHash: p.blob(),
    hash: p.blob(),
  },
});

/** An event that waits for its position in a chain. */
export const UnlinkedSchema = defineEntity({
  name: 'Unlinked',
  tableName: 'unlinked',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    eventId: p.uuid().primary(),
  },
});

/** A suppressed number. */
export const SuppressionSchema = defineEntity({
  name: 'Suppression',
  tableName: 'suppression',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    phoneIndex: p.blob(),
    phoneIndexNext: p.blob().strictNullable(),
    scope: p.text(),
    since: instantColumn(),
    source: p.text(),
    eventId: p.uuid().strictNullable(),
    recordedAt: instantColumn(),
    liftedAt: instantColumn().strictNullable(),
    liftedBy: p.uuid().strictNullable(),
    spentProofs: p.array(),
  },
});

/** A contact that no rule allows the tenant to keep: it is removed at `removeAt` unless something changes before. */
export const ContactToRemoveSchema = defineEntity({
  name: 'LeavingContact',
  tableName: 'leaving_contact',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    because: p.text(),
    ruleId: p.text(),
    noticedAt: instantColumn(),
    removeAt: instantColumn(),
  },
});

/** An erasure at a person's request: when, by whom, and the counts of removed and of remaining rows. */
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
    /** Null when the request did not say. */
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

/** A person's request under the RGPD, made in the reply with the same id. */
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
    /** The erasure of the same person, once one has begun. */
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

/** One uploaded file and how far it was read. */
export const ImportSchema = defineEntity({
  name: 'Import',
  tableName: 'import',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    source: p.text(),
    state: p.text(),
    options: p.json(),
    bytes: p.bigint('number'),
    slices: p.integer(),
    cursor: p.json(),
    rows: p.integer(),
    accepted: p.integer(),
    rejected: p.integer(),
    duplicates: p.integer(),
    created: p.integer(),
    updated: p.integer(),
    unchanged: p.integer(),
    withdrawals: p.integer(),
    report: p.json(),
    failure: p.text().strictNullable(),
    simulated: p.boolean(),
    actor: p.text(),
    createdAt: instantColumn(),
    finishedAt: instantColumn().strictNullable(),
  },
});

/** A contact that an import named. */
export const ImportRowSchema = defineEntity({
  name: 'ImportRow',
  tableName: 'import_row',
  properties: {
    importId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    line: p.integer(),
  },
});

/** One encrypted mebibyte of an uploaded file. */
export const ImportSliceSchema = defineEntity({
  name: 'ImportSlice',
  tableName: 'import_slice',
  properties: {
    importId: p.uuid().primary(),
    position: p.integer().primary(),
    tenantId: p.uuid(),
    sealed: p.blob(),
  },
});

/** A row of a file that was rejected, with the reason. */
export const RejectedRowSchema = defineEntity({
  name: 'RejectedRow',
  tableName: 'rejected_row',
  properties: {
    importId: p.uuid().primary(),
    line: p.integer().primary(),
    tenantId: p.uuid(),
    code: p.text(),
    /** The reason as a sentence in the tenant's language, without anything from the row. */
    detail: p.text(),
    /** The facts from which the sentence is made in another language; null for rows of earlier versions. */
    facts: p.json().strictNullable(),
    /** Its cells, under the tenant's data key. */
    sealed: p.blob(),
    rejectedAt: instantColumn(),
  },
});
