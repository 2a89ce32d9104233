import { defineEntity, p } from '@mikro-orm/core';

/** The current consent of one person for one purpose. */
export const ConsentSchema = defineEntity({
  name: 'Consent',
  tableName: 'consent',
  properties: {
    contactId: p.uuid().primary(),
    purpose: p.text().primary(),
    tenantId: p.uuid(),
    sendable: p.boolean(),
    why: p.text().nullable(),
    basis: p.text(),
    since: p.datetime(6),
    until: p.datetime(6).nullable(),
    wordingId: p.uuid().nullable(),
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
    contactId: p.uuid().nullable(),
    purpose: p.text(),
    kind: p.text(),
    basis: p.text(),
    method: p.text().nullable(),
    channel: p.text().nullable(),
    wordingId: p.uuid().nullable(),
    /** Held by us, attested by the controller, or none. */
    proof: p.text(),
    occurredAt: p.datetime(6),
    recordedAt: p.datetime(6),
    actor: p.text(),
    digest: p.blob(),
    proofDigest: p.blob().nullable(),
    barred: p.text().nullable(),
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
    contactId: p.uuid().nullable(),
    salt: p.blob(),
    sealed: p.blob(),
    cutAt: p.datetime(6).nullable(),
  },
});

/** A wording that somebody agreed to; never rewritten. */
export const WordingSchema = defineEntity({
  name: 'Wording',
  tableName: 'wording',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().nullable(),
    purposes: p.array(),
    locale: p.text(),
    version: p.integer(),
    text: p.text(),
    sha256: p.blob(),
    origin: p.text(),
    /** Null when nobody said it. */
    inUseFrom: p.datetime(6).nullable(),
    inUseUntil: p.datetime(6).nullable(),
    findings: p.json(),
    createdAt: p.datetime(6),
  },
});

/** An instant at which somebody agreed to a wording, earlier than those known before. */
export const WordingCitationSchema = defineEntity({
  name: 'WordingCitation',
  tableName: 'wording_citation',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    wordingId: p.uuid(),
    citedAt: p.datetime(6),
  },
});

/** Messages one person received on one day. */
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
