import { defineEntity, p } from '@mikro-orm/core';

/** A message from a person as it came in. */
export const InboundSchema = defineEntity({
  name: 'Inbound',
  tableName: 'inbound',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    digest: p.blob(),
    sealed: p.blob(),
    reading: p.text(),
    receivedAt: p.datetime(6),
    /** When its sender was barred. */
    effectiveAt: p.datetime(6).nullable(),
    settledAt: p.datetime(6).nullable(),
    simulated: p.boolean(),
  },
});
