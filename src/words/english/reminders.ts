import type { Translation } from '../translation.ts';
import type * as french from '../french/reminders.ts';

/** Faults of a booking, and the outcome of its order. */
export const englishBooking: Translation<typeof french.booking> = {
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

/** Sentences on series: waits, moves and reasons not to send. */
export const englishSeries: Translation<typeof french.series> = {
  ends: {
    DONE: 'The series is over.',
    COMPLETED: 'No reminder lies ahead.',
    STOPPED: 'The person said STOP.',
    CANCELLED: 'The event is cancelled.',
  },
  turns: {
    sending: 'A message is leaving.',
    paused: 'Paused.',
    notice: 'The reference of the legal notice is still missing (REN-02).',
  },
  stepPlanned: ({ step, at }) => `${step}: planned ${at}.`,
  refused: ({ code }) => `Refused: ${code}.`,
  endings: {
    PAST: 'The event is past.',
    STOPPED: 'The person said STOP.',
    MOVED: 'The event changed.',
    CANCELLED: 'The event is cancelled.',
    PAID: 'The instalment is paid.',
    CONFIRMED: 'The person confirmed.',
    DECLINED: 'The person answered that they do not come.',
    FREQUENCY_CAP: 'The cap of messages to this person is reached (FRQ-01).',
    SHADOW: 'In shadow: it would have left, and nothing was meant to leave.',
  },
  changedLate: ({ wanted }) =>
    `Planned ${wanted}; too late for that hour, and a message has left already (WIN-04).`,
  missed: ({ planned }) => `Planned ${planned}; held back, then too near to the event (WIN-04).`,
  collapsed: ({ kept }) => `One message in twelve hours: that of ${kept} is enough.`,
  notSameDay: ({ wanted }) =>
    `Planned ${wanted}; cannot leave on the day itself, and another reminder is enough (WIN-04).`,
  movedIntoNotice: ({ wanted, at, ruleId }) =>
    `Planned ${wanted}; moved to ${at}: one message in the time of the notice (${ruleId}).`,
  enoughWith: ({ kept }) => `Too late for its hour, and the message of ${kept} is enough.`,
  alreadySaid: ({ at }) => `Already told ${at}.`,
  correctionImpossible: ({ limit }) => `No lawful hour before ${limit}: phone the person (WIN-04).`,
  notReached: {
    DECLINED: 'Answered NO: free the slot or offer another date.',
    ANSWER_UNCLEAR: 'The answer must be read: it says neither yes nor no, or not for which appointment.',
    CORRECTION_IMPOSSIBLE: 'What was said became false, and no SMS can set it right any more.',
    UNDELIVERED: 'The SMS did not arrive.',
    UNCERTAIN: 'Nobody knows whether the SMS left.',
    PAUSED: 'The reminders are paused.',
    NOT_SENT: 'No SMS left.',
  },
};

/** Steps of a series, and spans before an event. */
export const englishStep: Translation<typeof french.step> = {
  units: {
    months: ['month', 'months'],
    weeks: ['week', 'weeks'],
    days: ['day', 'days'],
    hours: ['hour', 'hours'],
    minutes: ['minute', 'minutes'],
  },
  named: {
    moved: 'Correction (moved)',
    cancelled: 'Correction (cancelled)',
    schedule: 'Schedule',
  },
  reminder: 'Reminder',
  instalment: 'Instalment',
  side: {
    before: 'before',
    after: 'after',
  },
  states: {
    planned: 'planned',
    sent: 'left',
    skipped: 'not sent',
    cancelled: 'cancelled',
    failed: 'refused by the operator',
    expired: 'too late',
    uncertain: 'uncertain',
  },
};
