/** Lifetime of a report of a drained journal, in milliseconds. */
export const BELIEVED_MS = 2_000;

/** Lifetime of another process's word on a journal that it read on the same disk, in milliseconds. */
export const VOUCHED_MS = 1_000;

/** Two clocks may diverge by so much between two reports; a report of a later moment was made before one was set back. */
export const AHEAD_MS = 1_000;

/**
 * SQL: true while some process with an opt-out journal has neither reported it drained just now nor been vouched
 * for; nothing may begin then. A report of a moment still to come, since PostgreSQL's clock was set back, does not
 * count.
 */
export const JOURNAL_HOLDS = `
  EXISTS (SELECT 1 FROM process j LEFT JOIN journal_vouch v ON v.process_id = j.id WHERE j.kind = 'api'
             AND coalesce(j.drained_at NOT BETWEEN clock_timestamp() - interval '${BELIEVED_MS} milliseconds' AND clock_timestamp() + interval '${AHEAD_MS} milliseconds', true)
             AND coalesce(v.vouched_at NOT BETWEEN clock_timestamp() - interval '${VOUCHED_MS} milliseconds' AND clock_timestamp(), true))`;

/** SQL: true while a received suppression list of batch `b`'s tenant is unread; else null. */
export const SUPPRESSIONS_UNREAD = `
  (SELECT true FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state IN ('queued', 'reading', 'parked') LIMIT 1)`;

/** SQL: the first of those lists whose reading stopped at a row, so that a person must act; else null. */
export const SUPPRESSIONS_PARKED = `
  (SELECT w.id FROM import w WHERE w.tenant_id = b.tenant_id AND w.kind = 'suppressions' AND w.state = 'parked' ORDER BY w.id LIMIT 1)`;
