import { defineEntity, p } from '@mikro-orm/core';

/** One act of consent or opt-out; append-only, free of personal data. */
export const ConsentEventSchema = defineEntity({
  name: 'ConsentEvent',
  tableName: 'consent_event',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    contactId: p.uuid().nullable(),
    purpose: p.text(),
    kind: p.text(),
    basis: p.text(),
    method: p.text().nullable(),
    channel: p.text().nullable(),
    wordingId: p.uuid().nullable(),
    /** Held by us, attested by the controller, or none. */
    proof: p.text(),
    occurredAt: p.datetime(6),
    recordedAt: p.datetime(6),
    actor: p.text(),
    digest: p.blob(),
    proofDigest: p.blob().nullable(),
    barred: p.text().nullable(),
    simulated: p.boolean(),
  },
});
