import { defineEntity, p } from '@mikro-orm/core';

/** The holder of a number within a tenant. */
export const ContactSchema = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    phoneIndex: p.blob(),
    phoneIndexNext: p.blob().nullable(),
    sealed: p.blob(),
    territory: p.text(),
    timeZone: p.text(),
    placeFrom: p.text(),
    lineType: p.text(),
    adultOn: p.date().nullable(),
    numberState: p.text().nullable(),
    numberVersion: p.integer(),
    numberSince: p.datetime(6).nullable(),
    simulated: p.boolean(),
    lastInteractionAt: p.datetime(6).nullable(),
    retiredAt: p.datetime(6).nullable(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
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
    phoneIndexNext: p.blob().nullable(),
    scope: p.text(),
    since: p.datetime(6),
    source: p.text(),
    eventId: p.uuid().nullable(),
    recordedAt: p.datetime(6),
    liftedAt: p.datetime(6).nullable(),
    liftedBy: p.uuid().nullable(),
    spentProofs: p.array(),
  },
});

/** A contact that no rule allows to keep: removed at that moment unless something changes. */
export const ContactToRemoveSchema = defineEntity({
  name: 'LeavingContact',
  tableName: 'leaving_contact',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    because: p.text(),
    ruleId: p.text(),
    noticedAt: p.datetime(6),
    removeAt: p.datetime(6),
  },
});
