/** A report of a drained journal is believed so long. */
export const BELIEVED_MS = 2_000;

/** SQL: whether some api process was not seen with a drained journal just now; nothing may begin then. */
export const JOURNAL_HOLDS = `
  EXISTS (SELECT 1 FROM process j WHERE j.kind = 'api'
             AND coalesce(j.drained_at < clock_timestamp() - interval '${BELIEVED_MS} milliseconds', true))`;
