import type { Translation } from '../translation.ts';
import type { booking as french } from '../french/booking.ts';

/** What is wrong with a booking, and what its order met. */
export const booking: Translation<typeof french> = {
  eachRowNamesOne: 'Each line names its booking.',
  deafRoutes: 'the text of appointments asks for an answer, and one of these accounts receives none',
  answersUnheard:
    'The text asks for an answer, and this account receives none: change the text or the account.',
  skippedHour: 'clocks skip this hour there',
  olderRevision: ({ known }) => `Revision ${known} is already known: nothing was changed.`,
  staysCancelled: ({ by }) => `It is cancelled, and nothing was changed; it comes back ${by}.`,
  reopen: 'by ?reopen=true',
  revisionOrReopen: ({ revision }) => `by a sourceRevision above ${revision}, or by ?reopen=true`,
  beyondCalendar: 'beyond the calendar',
  nothingAhead: 'in the past',
  numbersGrow: 'numbers grow, each once',
  beforeTheLast: 'comes before the instalment before it',
  needsRefuseBy: 'needed while the contract renews by itself',
  refuseByAfterRenewal: 'comes after the day of the renewal',
  noRefuseBy: 'refuseBy has no value',
};
