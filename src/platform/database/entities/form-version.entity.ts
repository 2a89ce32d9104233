import { defineEntity, p } from '@mikro-orm/core';

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
    publishedAt: p.datetime(6),
  },
});
