import { READ_ON, REMINDERS, SINCE_EVER } from '../../rule/index.ts';
import { closedDays, sameHours, type Profile } from './hours.ts';

/** The hours of reminders: our own policy. */
export const functional: Profile = {
  id: 'fr-functional',
  title: { fr: 'Rappels', en: 'Reminders' },
  defaultFor: REMINDERS,
  level: 'HOUSE',
  source: 'House policy; the charter sets no hours for functional messages',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-04',
  ...sameHours('08:00', '20:00'),
  ...closedDays,
};

/** The hours of notices that an admin opened to any time. */
export const functionalOpen: Profile = {
  ...functional,
  id: 'fr-functional-open',
  defaultFor: [],
  title: {
    fr: 'Avis hors fenêtre, ouvert par un administrateur',
    en: 'Notice outside the window, opened by an admin',
  },
  ...sameHours('00:00', '24:00'),
  sundays: 'open',
  holidays: 'open',
  softDays: 'open',
};

/** Every profile of reminders; a profile added for one purpose must take that purpose from `functional`. */
export const reminderProfiles: readonly Profile[] = [functional, functionalOpen];
