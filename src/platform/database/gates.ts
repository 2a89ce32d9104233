/** Milliseconds for which a process's report that its journal is drained counts. */
export const BELIEVED_MS = 2_000;

/** Milliseconds for which a process's vouch for another one's journal counts. */
export const VOUCHED_MS = 1_000;

/**
 * Milliseconds by which two clocks may diverge between two reports. A report of a moment further ahead was made before
 * PostgreSQL's clock was set back.
 */
export const AHEAD_MS = 1_000;

/**
 * SQL: true while some process with an opt-out journal has neither just reported that it is drained nor been vouched
 * for; no message may be marked then. A report of a future moment does not count: PostgreSQL's clock was set back
 * since.
 */
export const JOURNAL_HOLDS = `
  EXISTS (SELECT 1 FROM process j LEFT JOIN journal_vouch v ON v.process_id = j.id WHERE j.kind = 'api'
             AND coalesce(j.drained_at NOT BETWEEN clock_timestamp() - interval '${BELIEVED_MS} milliseconds' AND clock_timestamp() + interval '${AHEAD_MS} milliseconds', true)
             AND coalesce(v.vouched_at NOT BETWEEN clock_timestamp() - interval '${VOUCHED_MS} milliseconds' AND clock_timestamp(), true))`;

/** SQL: true while a suppression list that the tenant of batch `b` uploaded is not read to its end; else null. */
export const SUPPRESSIONS_UNREAD = `
  (SELECT true FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state IN ('queued', 'reading', 'parked') LIMIT 1)`;

/** SQL: the id of the first such list that is parked until a person acts; else null. */
export const SUPPRESSIONS_PARKED = `
  (SELECT w.id FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state = 'parked' ORDER BY w.id LIMIT 1)`;
