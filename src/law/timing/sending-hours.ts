import type { DateTime } from 'luxon';
import { hoursOn } from '../profile.ts';
import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';
import type { Bar, Conditions, TimingRule } from '../timing-rule.ts';
import { wallTime } from './wall-time.ts';

const provision: Rule = {
  id: 'WIN-01',
  title: { fr: 'Heures d’envoi de la publicité', en: 'Sending hours of advertising' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (plus large)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Aucune loi ne fixe ces heures : elles viennent de la charte des opérateurs et de l’article. 8h00 est ouvert, 20h00 est fermé, à l’heure du destinataire.',
    en: 'No statute sets these hours: they come from the operators’ charter and the article. 08:00 is open, 20:00 is closed, at the recipient’s.',
  },
  parameters: { profile: 'fr-seed-strict', opens: '08:00', closes: '20:00', marginMs: 0 },
};

/** WIN-01: advertising leaves inside the hours of its profile. */
export const sendingHours: TimingRule = {
  ...provision,
  bars: (at, conditions) =>
    conditions.profile.hoursRule === provision.id ? outsideHours(provision, at, conditions) : undefined,
};

/** The morning or the evening of a local day, if `at` lies in it: the next day has its own hours. */
export function outsideHours(rule: Rule, at: DateTime, conditions: Conditions): Bar | undefined {
  const today = window(at, conditions);
  if (at >= today.opens && at < today.closes) return undefined;
  const early = at < today.opens;
  const { opens, closes } = hoursOn(conditions.profile, at.weekday);
  return {
    rule,
    code: 'OUT_OF_HOURS',
    from: early ? wallTime(at, '00:00') : today.closes,
    until: early ? today.opens : wallTime(at, '24:00'),
    about: {
      fr: `pas de SMS avant ${opens.replace(':', 'h')} ni à partir de ${closes.replace(':', 'h')}`,
      en: `no SMS before ${opens}, nor from ${closes} on`,
    },
  };
}

function window(day: DateTime, { profile, marginMs = 0 }: Conditions): { opens: DateTime; closes: DateTime } {
  const hours = hoursOn(profile, day.weekday);
  const closes = wallTime(day, hours.closes);
  return { opens: wallTime(day, hours.opens), closes: marginMs === 0 ? closes : closes.minus(marginMs) };
}
