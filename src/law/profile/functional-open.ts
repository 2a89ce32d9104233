import { functional } from './functional.ts';
import { sameHours, type Profile } from './hours.ts';

/** A notice at any hour, which an admin opened. */
export const functionalOpen: Profile = {
  ...functional,
  id: 'fr-functional-open',
  title: {
    fr: 'Avis hors fenêtre, ouvert par un administrateur',
    en: 'Notice outside the window, opened by an admin',
  },
  ...sameHours('00:00', '24:00'),
  sundays: 'open',
  holidays: 'open',
  softDays: 'open',
};
