import { defineEntity, p } from '@mikro-orm/core';

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
    firstAgreedAt: p.datetime(6),
  },
});
