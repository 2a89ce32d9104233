import type { Translation } from '../translation.ts';
import type { doubts as french } from '../french/doubts.ts';

/** What the law does not know, and so closes the gate. */
export const doubts: Translation<typeof french> = {
  territory: 'unknown territory',
  zone: 'unknown time zone',
  noCommonHour: 'no hour is lawful in all the possible zones at once',
  year: 'public holidays of that year unknown',
  purpose: 'unknown purpose',
  date: 'that date does not exist',
  skippedTime: 'that hour does not exist: clocks skip it',
  doubledTime: 'that hour exists twice: give its offset',
  end: 'event or limit cannot be read',
  margin: 'the margin cannot be read, or exceeds a day',
  unknownProfile: ({ id }) => `unknown profile, ${id}`,
  profileAtRest: ({ id }) => `profile ${id} does not stand on that date`,
  notForAdvertising: ({ id }) => `profile ${id} is not for advertising`,
};
