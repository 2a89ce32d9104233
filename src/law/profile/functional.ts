import { READ_ON, SINCE_EVER } from '../rule.ts';
import { closedDays, sameHours, type Profile } from './hours.ts';

/** The hours of reminders: our own policy. */
export const functional: Profile = {
  id: 'fr-functional',
  title: { fr: 'Rappels', en: 'Reminders' },
  level: 'HOUSE',
  source: 'House policy; the charter sets no hours for functional messages',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-04',
  ...sameHours('08:00', '20:00'),
  ...closedDays,
};
