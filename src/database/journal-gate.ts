/** A report of a drained journal is believed so long. */
export const BELIEVED_MS = 2_000;

/** SQL: whether some process that keeps an opt-out journal was not seen with a drained one just now; nothing may begin then. */
export const JOURNAL_HOLDS = `
  EXISTS (SELECT 1 FROM process j WHERE j.kind = 'api'
             AND coalesce(j.drained_at < clock_timestamp() - interval '${BELIEVED_MS} milliseconds', true))`;
