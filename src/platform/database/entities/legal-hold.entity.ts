import { defineEntity, p } from '@mikro-orm/core';

/** A contact in a legal claim: retention removes nothing of it. */
export const LegalHoldSchema = defineEntity({
  name: 'LegalHold',
  tableName: 'legal_hold',
  properties: {
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    sealedReason: p.blob(),
    actor: p.text(),
    since: p.datetime(6),
  },
});
