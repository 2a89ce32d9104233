import { SINCE_EVER, type Level, type Words } from './rule.ts';

/** Wall times `HH:MM`: open at the first, closed from the second on. */
export interface Hours {
  readonly opens: string;
  readonly closes: string;
}

/** How a profile treats a kind of day. */
export type DayPolicy = 'closed' | 'discouraged' | 'open';

/** A set of windows, as data, with the dates on which it may be used. */
export interface Profile {
  readonly id: string;
  readonly title: Words;
  readonly level: Level;
  readonly source: string;
  readonly inForceFrom: string;
  readonly inForceUntil?: string;
  /** Whom its hours are for; the rule that formalises them. */
  readonly hoursRule: 'WIN-01' | 'WIN-04';
  readonly weekdays: Hours;
  readonly saturday: Hours;
  readonly sunday: Hours;
  readonly sundays: DayPolicy;
  readonly holidays: DayPolicy;
  /** Days on which the sources disagree. */
  readonly softDays: DayPolicy;
}

const hours = (opens: string, closes: string): Pick<Profile, 'weekdays' | 'saturday' | 'sunday'> => ({
  weekdays: { opens, closes },
  saturday: { opens, closes },
  sunday: { opens, closes },
});

const closedDays = { sundays: 'closed', holidays: 'closed', softDays: 'closed' } as const;

const strict: Profile = {
  id: 'fr-seed-strict',
  title: { fr: 'Publicité, règle de l’article', en: 'Advertising, the article’s rule' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France »',
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-01',
  ...hours('08:00', '20:00'),
  ...closedDays,
};

const charter2024: Profile = {
  id: 'fr-charter-2024',
  title: { fr: 'Publicité, charte af2m de 2024', en: 'Advertising, af2m charter of 2024' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging du 1er septembre 2024',
  inForceFrom: '2024-09-01',
  inForceUntil: '2026-02-28',
  hoursRule: 'WIN-01',
  ...hours('08:00', '22:00'),
  ...closedDays,
  softDays: 'discouraged',
};

const charter2026: Profile = {
  id: 'fr-charter-2026',
  title: { fr: 'Publicité, charte af2m de 2026', en: 'Advertising, af2m charter of 2026' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging 2026, §B.3',
  inForceFrom: '2026-03-01',
  hoursRule: 'WIN-01',
  ...hours('08:00', '21:30'),
  sundays: 'discouraged',
  holidays: 'discouraged',
  softDays: 'open',
};

const ultra: Profile = {
  id: 'fr-ultra',
  title: {
    fr: 'Publicité, la plus étroite des règles lues',
    en: 'Advertising, the narrowest of all rules read',
  },
  level: 'HOUSE',
  source: 'Intersection of every charter and vendor page read',
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-01',
  ...hours('10:00', '20:00'),
  saturday: { opens: '10:00', closes: '18:00' },
  ...closedDays,
};

const functional: Profile = {
  id: 'fr-functional',
  title: { fr: 'Rappels', en: 'Reminders' },
  level: 'HOUSE',
  source: 'House policy; the charter sets no hours for functional messages',
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-04',
  ...hours('08:00', '20:00'),
  ...closedDays,
};

const functionalOpen: Profile = {
  ...functional,
  id: 'fr-functional-open',
  title: {
    fr: 'Avis hors fenêtre, ouvert par un administrateur',
    en: 'Notice outside the window, opened by an admin',
  },
  ...hours('00:00', '24:00'),
  sundays: 'open',
  holidays: 'open',
  softDays: 'open',
};

/** Every profile; the first is the default of advertising. */
export const profiles: readonly Profile[] = [
  strict,
  charter2024,
  charter2026,
  ultra,
  functional,
  functionalOpen,
];

/** The profile of that name, if there is one. */
export function profileNamed(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id);
}

/** The hours of a profile on a weekday, Monday being 1. */
export function hoursOn(profile: Profile, weekday: number): Hours {
  if (weekday === 7) return profile.sunday;
  return weekday === 6 ? profile.saturday : profile.weekdays;
}
