import { defineEntity, p } from '@mikro-orm/core';

/** The evidence of one event, encrypted, removable. */
export const ConsentProofSchema = defineEntity({
  name: 'ConsentProof',
  tableName: 'consent_proof',
  properties: {
    eventId: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    salt: p.blob(),
    sealed: p.blob(),
    cutAt: p.datetime(6).nullable(),
  },
});
