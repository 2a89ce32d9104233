import type { Translation } from '../translation.ts';
import type { message as french } from '../french/message.ts';

/** What holds messages back. */
export const message: Translation<typeof french> = {
  gate: {
    CLOCK_DOUBT: 'The clock cannot be trusted: the gate stays closed.',
    SEAL_DOUBT: 'The database is not compared with its seal yet: the gate stays closed.',
    JOURNAL_WAITS: 'The opt-out journal is not all in the database yet: the gate stays closed until it is.',
  },
  pace: {
    LOCAL_TIME: 'Leaves at the hour chosen, at the recipient’s',
    SPREAD: 'Spread over several days',
  },
  rule: ({ ruleId, title, source }) => `Rule ${ruleId}: ${title}. Source: ${source}.`,
  listUnread: 'A list of people who left is being read.',
  listParked: ({ importId }) =>
    `A row stopped the reading of a list of people who left (import ${importId}): send the corrected file, then cancel that import.`,
};
