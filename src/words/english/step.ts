import type { Translation } from '../translation.ts';
import type { step as french } from '../french/step.ts';

/** Steps of a series, and spans before an event. */
export const step: Translation<typeof french> = {
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
