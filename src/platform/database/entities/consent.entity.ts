import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** The current consent of one person for one purpose. */
export const ConsentSchema = defineEntity({
  name: 'Consent',
  tableName: 'consent',
  properties: {
    contactId: p.uuid().primary(),
    purpose: p.text().primary(),
    tenantId: p.uuid(),
    sendable: p.boolean(),
    why: p.text().strictNullable(),
    basis: p.text(),
    since: instantColumn(),
    until: instantColumn().strictNullable(),
    wordingId: p.uuid().strictNullable(),
    eventId: p.uuid(),
    generation: p.integer(),
  },
});

/** One act of consent or opt-out; append-only, free of personal data. */
export const ConsentEventSchema = defineEntity({
  name: 'ConsentEvent',
  tableName: 'consent_event',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().strictNullable(),
    purpose: p.text(),
    kind: p.text(),
    basis: p.text(),
    method: p.text().strictNullable(),
    channel: p.text().strictNullable(),
    wordingId: p.uuid().strictNullable(),
    /** Held by us, attested by the controller, or none. */
    proof: p.text(),
    occurredAt: instantColumn(),
    recordedAt: instantColumn(),
    actor: p.text(),
    digest: p.blob(),
    proofDigest: p.blob().strictNullable(),
    barred: p.text().strictNullable(),
    simulated: p.boolean(),
  },
});

/** The evidence of one event, encrypted, removable. */
export const ConsentProofSchema = defineEntity({
  name: 'ConsentProof',
  tableName: 'consent_proof',
  properties: {
    eventId: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().strictNullable(),
    salt: p.blob(),
    sealed: p.blob(),
    cutAt: instantColumn().strictNullable(),
  },
});

/** A wording that somebody agreed to; never rewritten. */
export const WordingSchema = defineEntity({
  name: 'Wording',
  tableName: 'wording',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().strictNullable(),
    purposes: p.array(),
    locale: p.text(),
    version: p.integer(),
    text: p.text(),
    sha256: p.blob(),
    origin: p.text(),
    /** Null when the tenant did not say. */
    inUseFrom: instantColumn().strictNullable(),
    inUseUntil: instantColumn().strictNullable(),
    findings: p.json(),
    createdAt: instantColumn(),
  },
});

/** An instant at which somebody agreed to a wording, earlier than any known until then. */
export const WordingCitationSchema = defineEntity({
  name: 'WordingCitation',
  tableName: 'wording_citation',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    wordingId: p.uuid(),
    citedAt: instantColumn(),
  },
});

/** The number of messages that one person received on one day. */
export const FrequencySchema = defineEntity({
  name: 'Frequency',
  tableName: 'frequency',
  properties: {
    tenantId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    onDay: p.date().primary(),
    count: p.integer(),
  },
});

/** The head of a chain, stamped by a time-stamping authority; append-only. */
export const AnchorSchema = defineEntity({
  name: 'Anchor',
  tableName: 'anchor',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    position: p.bigint('number').primary(),
    head: p.blob(),
    root: p.blob(),
    statement: p.text(),
    token: p.blob(),
    stampedAt: instantColumn(),
  },
});

/** The cached root over a whole block of links. */
export const ChainBlockSchema = defineEntity({
  name: 'ChainBlock',
  tableName: 'chain_block',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    block: p.integer().primary(),
    root: p.blob(),
  },
});

/** A public page on which people give consent; its texts are in its versions. */
export const FormSchema = defineEntity({
  name: 'Form',
  tableName: 'form',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    slug: p.text(),
    version: p.integer(),
    createdAt: instantColumn(),
    closedAt: instantColumn().strictNullable(),
  },
});

/** One submitted form: it waits until its number is confirmed, or only marks its ticket as used. */
export const FormAnswerSchema = defineEntity({
  name: 'FormAnswer',
  tableName: 'form_answer',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    formId: p.uuid(),
    ticketDigest: p.blob(),
    contactId: p.uuid().strictNullable(),
    phoneIndex: p.blob().strictNullable(),
    /** The `pending` events of its boxes. */
    events: p.array(),
    state: p.text(),
    createdAt: instantColumn(),
  },
});

/** A code or a link on its way to a number; only its keyed digest is kept. */
export const FormCodeSchema = defineEntity({
  name: 'FormCode',
  tableName: 'form_code',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    formId: p.uuid(),
    answerId: p.uuid(),
    phoneIndex: p.blob(),
    addressDigest: p.blob(),
    kind: p.text(),
    digest: p.blob(),
    attempts: p.integer(),
    sentAt: instantColumn(),
    expiresAt: instantColumn(),
    usedAt: instantColumn().strictNullable(),
  },
});

/** The complete text of a page on which somebody gave consent; one row for each fingerprint. */
export const FormTextSchema = defineEntity({
  name: 'FormText',
  tableName: 'form_text',
  properties: {
    tenantId: p.uuid().primary(),
    formId: p.uuid().primary(),
    sha256: p.blob().primary(),
    version: p.integer(),
    language: p.text(),
    text: p.text(),
    firstAgreedAt: instantColumn(),
  },
});

/** A form as it was published, never rewritten. */
export const FormVersionSchema = defineEntity({
  name: 'FormVersion',
  tableName: 'form_version',
  properties: {
    formId: p.uuid().primary(),
    version: p.integer().primary(),
    tenantId: p.uuid(),
    terms: p.json(),
    actor: p.text(),
    publishedAt: instantColumn(),
  },
});
