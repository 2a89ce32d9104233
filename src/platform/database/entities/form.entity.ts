import { defineEntity, p } from '@mikro-orm/core';

/** A public page on which people agree; its words are those of its versions. */
export const FormSchema = defineEntity({
  name: 'Form',
  tableName: 'form',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    slug: p.text(),
    version: p.integer(),
    createdAt: p.datetime(6),
    closedAt: p.datetime(6).nullable(),
  },
});
