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
