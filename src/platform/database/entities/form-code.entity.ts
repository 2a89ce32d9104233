import { defineEntity, p } from '@mikro-orm/core';

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
    sentAt: p.datetime(6),
    expiresAt: p.datetime(6),
    usedAt: p.datetime(6).nullable(),
  },
});
