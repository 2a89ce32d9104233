import { defineEntity, p } from '@mikro-orm/core';

/** One audited action; append-only and chained. */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    at: p.datetime(6),
    actor: p.text(),
    action: p.text(),
    subject: p.text().nullable(),
    details: p.json(),
  },
});
