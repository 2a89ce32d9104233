import { defineEntity, p } from '@mikro-orm/core';

/** An instant at which somebody agreed to a wording, earlier than those known before. */
export const WordingCitationSchema = defineEntity({
  name: 'WordingCitation',
  tableName: 'wording_citation',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    wordingId: p.uuid(),
    citedAt: p.datetime(6),
  },
});
