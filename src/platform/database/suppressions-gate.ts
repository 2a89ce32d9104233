/** SQL: true while a received suppression list of batch `b`'s tenant is unread; else null. */
export const SUPPRESSIONS_UNREAD = `
  (SELECT true FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state IN ('queued', 'reading', 'parked') LIMIT 1)`;

/** SQL: the first of those lists whose reading stopped at a row, so that a person must act; else null. */
export const SUPPRESSIONS_PARKED = `
  (SELECT w.id FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state = 'parked' ORDER BY w.id LIMIT 1)`;
