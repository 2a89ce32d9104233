import type { DateTime } from 'luxon';
import { seedStrict } from '../profile/seed-strict.ts';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';
import type { TimingRule } from '../timing-rule.ts';
import { wallTime } from './wall-time.ts';

const provision: Rule = {
  id: 'WIN-02',
  title: { fr: 'Pas de SMS le dimanche', en: 'No SMS on Sundays' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (conseil)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le dimanche du destinataire, de minuit à minuit. La charte de 2026 le tolère sans le recommander.',
    en: 'The recipient’s Sunday, from midnight to midnight. The charter of 2026 tolerates it without advising it.',
  },
  parameters: { allow_sunday: seedStrict.sundays !== 'closed' },
};

const isSunday = (at: DateTime): boolean => at.weekday === 7;

/** WIN-02: nothing leaves on the recipient's Sunday. */
export const sundayRest: TimingRule = {
  ...provision,

  bars(at, { profile }) {
    if (!isSunday(at) || profile.sundays !== 'closed') return undefined;
    return {
      rule: provision,
      code: 'SUNDAY',
      from: wallTime(at, '00:00'),
      until: wallTime(at, '24:00'),
      about: { fr: 'pas de SMS le dimanche', en: 'no SMS on Sundays' },
    };
  },

  warns(at, { profile }) {
    if (!isSunday(at) || profile.sundays !== 'discouraged') return undefined;
    return { fr: 'dimanche : toléré, non recommandé', en: 'Sunday: tolerated, not recommended' };
  },
};
