/** SQL: true while a list of numbers to leave alone was received for the tenant of batch `b` and is not read; else null. */
export const SUPPRESSIONS_UNREAD = `
  (SELECT true FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state IN ('queued', 'reading', 'parked') LIMIT 1)`;
