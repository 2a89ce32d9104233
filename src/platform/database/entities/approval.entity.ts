import { defineEntity, p } from '@mikro-orm/core';

/** One key's approval of one revision of a campaign. */
export const ApprovalSchema = defineEntity({
  name: 'Approval',
  tableName: 'approval',
  primaryKeys: ['campaignId', 'revision', 'actor'],
  properties: {
    campaignId: p.uuid().primary(),
    revision: p.integer().primary(),
    actor: p.text().primary(),
    tenantId: p.uuid(),
    approvedAt: p.datetime(6),
  },
});
