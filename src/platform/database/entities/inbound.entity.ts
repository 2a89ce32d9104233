import { defineEntity, p } from '@mikro-orm/core';

/** A raw message from a person. */
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
    /** The instant at which its sender was suppressed. */
    effectiveAt: p.datetime(6).nullable(),
    settledAt: p.datetime(6).nullable(),
    simulated: p.boolean(),
  },
});
