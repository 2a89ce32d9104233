import { defineEntity, p } from '@mikro-orm/core';

/** One answer to a STOP, a CONTACT or a sign-up. */
export const AcknowledgementSchema = defineEntity({
  name: 'Acknowledgement',
  tableName: 'acknowledgement',
  properties: {
    batchId: p.uuid().primary(),
    seq: p.integer().primary(),
    tenantId: p.uuid(),
    inboundId: p.uuid(),
    kind: p.text(),
    phoneIndex: p.blob(),
    onDay: p.date(),
    sealed: p.blob(),
    leaveBefore: p.datetime(6).nullable(),
  },
});
