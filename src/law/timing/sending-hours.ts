import type { DateTime } from 'luxon';
import { hoursOn } from '../profile.ts';
import { inFrench } from '../profile/hours.ts';
import { seedStrict } from '../profile/seed-strict.ts';
import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';
import type { Bar, Conditions, TimingRule } from '../timing-rule.ts';
import { MARGIN_MS } from './draining.ts';
import { wallTime } from './wall-time.ts';

/** The hours of the default profile: it decides by them. */
const usual = seedStrict.weekdays;

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
    fr: `Aucune loi ne fixe ces heures : elles viennent de la charte des opérateurs et de l’article. ${inFrench(usual.opens)} est ouvert, ${inFrench(usual.closes)} est fermé, à l’heure du destinataire.`,
    en: `No statute sets these hours: they come from the operators’ charter and the article. ${usual.opens} is open, ${usual.closes} is closed, at the recipient’s.`,
  },
  parameters: { profile: seedStrict.id, opens: usual.opens, closes: usual.closes },
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
  const hours = hoursOn(conditions.profile, at.weekday);
  return {
    rule,
    code: 'OUT_OF_HOURS',
    from: early ? wallTime(at, '00:00') : today.closes,
    until: early ? today.opens : wallTime(at, '24:00'),
    about: {
      fr: `pas de SMS avant ${inFrench(hours.opens)} ni à partir de ${inFrench(hours.closes)}`,
      en: `no SMS before ${hours.opens}, nor from ${hours.closes} on`,
    },
  };
}

function window(
  day: DateTime,
  { profile, marginMs = MARGIN_MS }: Conditions,
): { opens: DateTime; closes: DateTime } {
  const hours = hoursOn(profile, day.weekday);
  const closes = wallTime(day, hours.closes);
  return { opens: wallTime(day, hours.opens), closes: marginMs === 0 ? closes : closes.minus(marginMs) };
}
