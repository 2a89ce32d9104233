import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** A public page on which people agree; its words are those of its versions. */
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

/** One submitted form: waits for its number to be confirmed, or only marks its ticket as used. */
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

/** The complete text of a page on which somebody agreed, once for each fingerprint. */
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
