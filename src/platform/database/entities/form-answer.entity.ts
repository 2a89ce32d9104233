import { defineEntity, p } from '@mikro-orm/core';

/** One submitted form: waits for its number to be confirmed, or only marks its ticket as used. */
export const FormAnswerSchema = defineEntity({
  name: 'FormAnswer',
  tableName: 'form_answer',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    formId: p.uuid(),
    ticketDigest: p.blob(),
    contactId: p.uuid().nullable(),
    phoneIndex: p.blob().nullable(),
    /** The `pending` events of its boxes. */
    events: p.array(),
    state: p.text(),
    createdAt: p.datetime(6),
  },
});
