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

/** A contact that no rule allows to keep: removed at that moment unless something changes. */
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
