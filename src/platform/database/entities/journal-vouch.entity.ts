import { defineEntity, p } from '@mikro-orm/core';

/** The last moment for which another process vouched for the journal of one that PostgreSQL cannot reach. */
export const JournalVouchSchema = defineEntity({
  name: 'JournalVouch',
  tableName: 'journal_vouch',
  properties: {
    processId: p.uuid().primary(),
    vouchedAt: p.datetime(6),
  },
});
