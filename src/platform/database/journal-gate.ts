/** A report of a drained journal is believed so long. */
export const BELIEVED_MS = 2_000;
/** What another process says of a journal that it read on the same disk is believed so long. */
export const VOUCHED_MS = 1_000;
/** Two clocks may pass so unequally between two reports; a report of a later moment was made before one was set back. */
export const AHEAD_MS = 1_000;

/**
 * SQL: whether some process that keeps an opt-out journal was not seen with a drained one just now, nor vouched for by
 * another one; nothing may begin then.
 *
 * What was said of a moment that is still to come, since PostgreSQL's clock was set back, is not believed.
 */
export const JOURNAL_HOLDS = `
  EXISTS (SELECT 1 FROM process j LEFT JOIN journal_vouch v ON v.process_id = j.id WHERE j.kind = 'api'
             AND coalesce(j.drained_at NOT BETWEEN clock_timestamp() - interval '${BELIEVED_MS} milliseconds' AND clock_timestamp() + interval '${AHEAD_MS} milliseconds', true)
             AND coalesce(v.vouched_at NOT BETWEEN clock_timestamp() - interval '${VOUCHED_MS} milliseconds' AND clock_timestamp(), true))`;
