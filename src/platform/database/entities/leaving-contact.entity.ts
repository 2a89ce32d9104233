import { defineEntity, p } from '@mikro-orm/core';

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
