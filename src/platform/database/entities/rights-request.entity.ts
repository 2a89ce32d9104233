import { defineEntity, p } from '@mikro-orm/core';

/** A person's request under the RGPD; its words are those of the reply with the same id. */
export const RightsRequestSchema = defineEntity({
  name: 'RightsRequest',
  tableName: 'rights_request',
  properties: {
    tenantId: p.uuid().primary(),
    /** The id of the reply that makes it. */
    id: p.uuid().primary(),
    contactId: p.uuid().nullable(),
    asks: p.text(),
    matched: p.text(),
    words: p.text(),
    receivedAt: p.datetime(6),
    answerBy: p.date(),
    /** The erasure of the same person, once one was begun. */
    erasureId: p.uuid().nullable(),
    answeredAt: p.datetime(6).nullable(),
    outcome: p.text().nullable(),
    actor: p.text().nullable(),
    /** Under the tenant's archive key. */
    sealedNote: p.blob().nullable(),
  },
});
