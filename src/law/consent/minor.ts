import { DateTime } from 'luxon';
import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';

/** Under this age, no advertising. */
export const MIN_AGE_MARKETING = 18;

/** Under this age, consent is given together with a guardian. */
export const MIN_AGE_CONSENT = 15;

/** CON-05: no advertising to minors. */
export const minor: Rule = {
  id: 'CON-05',
  title: { fr: 'Mineurs', en: 'Minors' },
  level: 'LAW',
  source: 'Loi Informatique et Libertés, art. 45 (15 ans) ; politique interne (18 ans)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: `L’article 45 vise les services en ligne offerts à un enfant : avant ${MIN_AGE_CONSENT} ans, l’accord se donne avec le titulaire de l’autorité parentale. Nous l’appliquons partout, au comptoir aussi, et n’envoyons pas de publicité avant ${MIN_AGE_MARKETING} ans.`,
    en: `Article 45 concerns online services offered to a child: under ${MIN_AGE_CONSENT}, consent is joint with the holder of parental authority. We ask it everywhere, at a counter too, and send no advertising under ${MIN_AGE_MARKETING}.`,
  },
  parameters: { min_age_marketing: MIN_AGE_MARKETING, min_age_consent: MIN_AGE_CONSENT },
};

/** The age in whole years on a date; somebody born on 29 February ages on 1 March. */
export function ageOn(birthDate: string, on: string): number {
  const born = DateTime.fromISO(birthDate, { zone: 'utc' });
  const then = DateTime.fromISO(on, { zone: 'utc' });
  const before = then.month < born.month || (then.month === born.month && then.day < born.day);
  return then.year - born.year - (before ? 1 : 0);
}

/** Whether advertising is barred by age; an unreadable date bars it. */
export function isMinorOn(birthDate: string, on: string): boolean {
  return !(ageOn(birthDate, on) >= MIN_AGE_MARKETING);
}
