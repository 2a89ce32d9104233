import type { DateTime } from 'luxon';
import { type Holiday, type HolidayClass, SIGHTING_DAYS } from '../calendar/territory-day.ts';
import { holidaysOn } from '../calendar/holiday.ts';
import {
  localDate,
  dated,
  type Dated,
  type Day,
  READ_ON,
  REMINDERS,
  SINCE_EVER,
  type Rule,
  type Provision,
  territoriesOf,
} from '../../rule/index.ts';
import type { Words } from '../../words/index.ts';
import type { Direction, Closure, Conditions, TimingRule, UnsentCode } from '../decide/decision.ts';
import { inFrench, type DayPolicy, type Profile } from '../profile/hours.ts';
import { byRowOf, hoursByRow, hoursOn, usualProfile } from '../profile.ts';
import { howLong, withDe } from '../span.ts';
import { wallTime } from './recipient.ts';
import { registeredHours, reminderReading } from './reminder-reading.ts';

/** WIN-01: advertising leaves inside the hours of its profile. */
const WIN_01: Provision = {
  id: 'WIN-01',
  title: { fr: 'Heures d’envoi de la publicité', en: 'Sending hours of advertising' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (plus large)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
};

/** The default profile of advertising, which decides. */
const advertising = usualProfile('marketing');
const usualHours = advertising.weekdays;

/** Closes the hours outside a profile of advertising. */
export const sendingHours: TimingRule = {
  ...WIN_01,
  reading: {
    fr: `Aucune loi ne fixe ces heures : elles viennent de la charte des opérateurs et de l’article. ${inFrench(usualHours.opens)} est ouvert, ${inFrench(usualHours.closes)} est fermé, à l’heure du destinataire.`,
    en: `No statute sets these hours: they come from the operators’ charter and the article. ${usualHours.opens} is open, ${usualHours.closes} is closed, at the recipient’s.`,
  },
  parameters: { profile: dated([WIN_01, advertising.id]), ...hoursByRow(advertising) },

  closuresAt: (at, conditions) =>
    conditions.profile.hoursRule === WIN_01.id ? outsideHours(sendingHours, at, conditions) : undefined,
};

/**
 * Returns the closed hours around `at`, before the opening or after the close; they end at midnight, since each day
 * has its own hours.
 */
function outsideHours(rule: Rule, at: DateTime, conditions: Conditions): Closure | undefined {
  const today = window(at, conditions);
  if (at >= today.opens && at < today.closes) return undefined;
  const isBefore = at < today.opens;
  const hours = hoursOn(conditions.profile, at.weekday);
  return {
    rule,
    code: 'OUT_OF_HOURS',
    from: isBefore ? wallTime(at, '00:00') : today.closes,
    until: isBefore ? today.opens : wallTime(at, '24:00'),
    about: {
      fr: `pas de SMS avant ${inFrench(hours.opens)} ni à partir de ${inFrench(hours.closes)}`,
      en: `no SMS before ${hours.opens}, nor from ${hours.closes} on`,
    },
  };
}

function window(
  day: DateTime,
  { profile, rulesOn = localDate(day), marginMs = usualMargin(profile, rulesOn) }: Conditions,
): { opens: DateTime; closes: DateTime } {
  const hours = hoursOn(profile, day.weekday);
  const closes = wallTime(day, hours.closes);
  return { opens: wallTime(day, hours.opens), closes: marginMs === 0 ? closes : closes.minus(marginMs) };
}

/**
 * Returns the default time between the last message and the close, in milliseconds; 0 except for advertising
 * (WIN-08).
 */
export const usualMargin = ({ hoursRule }: Pick<Profile, 'hoursRule'>, rulesOn: Day): number =>
  hoursRule === WIN_01.id ? MARGIN_MS.on(rulesOn) : 0;

/** WIN-02: nothing leaves on the recipient's Sunday. */
const WIN_02: Provision = {
  id: 'WIN-02',
  title: { fr: 'Pas de SMS le dimanche', en: 'No SMS on Sundays' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; af2m, Charte Business Messaging 2026, §B.3 (conseil)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

const isSunday = (at: DateTime): boolean => at.weekday === 7;

/** Closes Sundays where the profile closes them. */
export const sundayRest: TimingRule = {
  ...WIN_02,
  reading: {
    fr: 'Le dimanche du destinataire, de minuit à minuit. La charte de 2026 le tolère sans le recommander.',
    en: 'The recipient’s Sunday, from midnight to midnight. The charter of 2026 tolerates it without advising it.',
  },
  parameters: { allow_sunday: byRowOf(advertising, ({ sundays }) => sundays !== 'closed') },

  closuresAt(at, { profile }) {
    if (!isSunday(at) || profile.sundays !== 'closed') return undefined;
    return {
      rule: sundayRest,
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

/** WIN-03: nothing leaves on a holiday of the recipient's territory. */
const WIN_03: Provision = {
  id: 'WIN-03',
  title: {
    fr: 'Pas de SMS un jour férié du territoire du destinataire',
    en: 'No SMS on a public holiday of the recipient’s territory',
  },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; Code du travail, art. L3133-1, L3134-13 et L3422-2',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** The classes of days that count as holidays. */
const CLASSES: Dated<readonly HolidayClass[]> = dated([WIN_03, ['national', 'local', 'soft']]);

const sighted = howLong({ days: SIGHTING_DAYS.on(WIN_03.inForceFrom) });

/** Closes the holidays of a place where the profile closes them. */
export const holidayRest: TimingRule = {
  ...WIN_03,
  reading: {
    fr: `La liste est celle du territoire, à sa date locale. Si le territoire ou le jour est douteux, tous les jours possibles sont fermés : à Mayotte, aussi ${sighted.fr} avant et après une fête qui suit la lune.`,
    en: `The list is the territory’s, at its local date. When territory or day is in doubt, every possible day is closed: in Mayotte, also ${sighted.en} before and after a feast that follows the moon.`,
  },
  parameters: { classes: CLASSES, sighting_days: SIGHTING_DAYS },

  closuresAt(at, conditions) {
    const [day] = daysUnder('closed', at, conditions);
    if (!day) return undefined;
    return {
      rule: { ...holidayRest, source: day.source },
      code: 'HOLIDAY',
      from: wallTime(at, '00:00'),
      until: wallTime(at, '24:00'),
      about: holidayName(day),
    };
  },

  warns(at, conditions) {
    const [day] = daysUnder('discouraged', at, conditions);
    return (
      day && { fr: `${day.name} : toléré, non recommandé`, en: `${day.nameEn}: tolerated, not recommended` }
    );
  },
};

/** Names a holiday; a day on which the sources disagree is not called public. */
const holidayName = ({ class: kind, name, nameEn }: Holiday): Words =>
  kind === 'soft'
    ? { fr: `jour chômé par usage, ${name}`, en: `usual day off, ${nameEn}` }
    : { fr: `jour férié, ${name}`, en: `public holiday, ${nameEn}` };

/** Returns the holidays of a local date that the profile treats by this policy. */
function daysUnder(policy: DayPolicy, at: DateTime, conditions: Conditions): readonly Holiday[] {
  const on = localDate(at);
  const { profile, locality, rulesOn } = conditions;
  const { goodFriday } = locality;
  const days = holidaysOn(on, { territories: territoriesOf(locality), goodFriday, rulesOn });
  return days.filter(
    (day) => CLASSES.on(rulesOn ?? on).includes(day.class) && policyOn(day, profile) === policy,
  );
}

const policyOn = (day: Holiday, profile: Profile): DayPolicy =>
  day.class === 'soft' ? profile.softDays : profile.holidays;

/** WIN-04: reminders leave inside the hours of our own policy. */
const WIN_04: Provision = {
  id: 'WIN-04',
  title: { fr: 'Heures des rappels', en: 'Hours of reminders' },
  level: 'HOUSE',
  source: 'House policy; af2m, Charte Business Messaging 2026, §B.3 (no hours for functional messages)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
};

/** Minimum time between now and a planned reminder, in minutes. */
export const PLAN_FLOOR_MINUTES = dated([WIN_04, 5]);

/** Minimum time between a correction and its event, in minutes. */
export const CORRECTION_LEAD_MINUTES = dated([WIN_04, 120]);

/**
 * The direction in which a reminder moves from a closed moment, unless that lies before the opening of an open day.
 */
export const REMINDERS_MOVE: Dated<Direction> = dated([WIN_04, 'earlier']);

/** Share that must remain when a reminder is late: of the lead, or of the time between booking and event. */
export const LEAST_SHARE_LEFT = dated([WIN_04, 0.5]);

/** Minimum time between a reminder and its event, in minutes, unless its lead is short. */
export const LEAST_LEAD_MINUTES = dated([WIN_04, 120]);

/** Minutes below which a lead is short: `LEAST_SHARE_LEFT` of it must remain instead. */
export const SHORT_LEAD_MINUTES = dated([WIN_04, 240]);

/** What happens to a reminder that is booked too late for its wished moment; the default first. */
export const IF_LATE = ['next-lawful', 'skip'] as const;

export type IfLate = (typeof IF_LATE)[number];

/** The choice when the tenant made none. */
export const USUAL_IF_LATE: Dated<IfLate> = dated([WIN_04, 'next-lawful']);

const MOVEMENT = {
  shift: REMINDERS_MOVE,
  least_share_left: LEAST_SHARE_LEFT,
  if_late: USUAL_IF_LATE,
  least_lead_minutes: LEAST_LEAD_MINUTES,
  short_lead_minutes: SHORT_LEAD_MINUTES,
  floor_minutes: PLAN_FLOOR_MINUTES,
  correction_lead_minutes: CORRECTION_LEAD_MINUTES,
};

/** Closes the hours outside a profile of reminders. */
export const reminderHours: TimingRule = {
  ...WIN_04,
  reading: reminderReading(MOVEMENT, WIN_04.inForceFrom),
  parameters: { ...registeredHours(WIN_04), ...MOVEMENT },

  closuresAt: (at, conditions) =>
    conditions.profile.hoursRule === WIN_04.id ? outsideHours(reminderHours, at, conditions) : undefined,
};

/** WIN-05: a decision keeps the versions of the rules and of the calendar that made it. */
export const profileInForce: Rule = {
  id: 'WIN-05',
  title: { fr: 'Profils datés, version gardée', en: 'Dated profiles, version kept' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un profil ne décide que des dates où il est en vigueur ; la version des règles et celle du calendrier restent avec la décision.',
    en: 'A profile decides only the dates on which it stands; the versions of rules and calendar stay with the decision.',
  },
  parameters: {},
};

/** WIN-06: the window is checked again just before each submission. */
const WIN_06: Provision = {
  id: 'WIN-06',
  title: { fr: 'Dernier regard avant l’envoi', en: 'Last look before sending' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** Maximum age of a decision that a mark uses, in milliseconds. */
export const DECISION_LIVES_MS = dated([WIN_06, 30_000]);

/** Time before a close in which nothing is marked, in milliseconds. */
export const LAST_SECOND_MS = dated([WIN_06, 1_000]);

const lives = howLong({ milliseconds: DECISION_LIVES_MS.on(WIN_06.inForceFrom) });
const last = howLong({ milliseconds: LAST_SECOND_MS.on(WIN_06.inForceFrom) });

const lastLook: Rule = {
  ...WIN_06,
  reading: {
    fr: `La fenêtre est relue à chaque tentative ; une décision sert ${lives.fr} au plus. Rien ne part à moins ${withDe(last.fr)} de la fermeture.`,
    en: `The window is read again at each attempt; a decision serves ${lives.en} at most. Nothing leaves within ${last.en} of the close.`,
  },
  parameters: { decision_lives_ms: DECISION_LIVES_MS, last_second_ms: LAST_SECOND_MS },
};

/** WIN-07: a message expires when its window closes, its event begins or its limit passes, whichever is first. */
export const validity: Rule = {
  id: 'WIN-07',
  title: { fr: 'Validité du message', en: 'Validity of the message' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un SMS qui attend un téléphone éteint ne doit arriver ni après la fermeture, ni après l’événement, ni après sa date limite.',
    en: 'An SMS that waits for a switched-off phone must not arrive after the close, the event or its own limit.',
  },
  parameters: {},
};

/** The moments that may end a message before it is sent. */
interface MessageEnds {
  readonly eventAt?: DateTime | undefined;
  readonly expireAt?: DateTime | undefined;
}

/** Returns why a message is no longer sent at a moment, if so: its event has begun, or its limit has passed. */
export function endBy(ms: number, { eventAt, expireAt }: MessageEnds): UnsentCode | undefined {
  if (eventAt && ms >= eventAt.toMillis()) return 'EVENT_PAST';
  return expireAt && ms >= expireAt.toMillis() ? 'EXPIRE_AT' : undefined;
}

/**
 * Returns when a message expires at the operator: at the close of the window, its event or its limit, whichever is
 * first.
 */
export function soonest(closes: number, { eventAt, expireAt }: MessageEnds): number {
  return Math.min(closes, eventAt?.toMillis() ?? closes, expireAt?.toMillis() ?? closes);
}

/** WIN-08: a campaign stops before the close and goes on at the next opening. */
const WIN_08: Provision = {
  id: 'WIN-08',
  title: { fr: 'Une campagne s’écoule dans la fenêtre', en: 'A campaign drains inside the window' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
};

/** Default time between the last message and the close, in milliseconds. */
const MARGIN_MS = dated([WIN_08, 0]);

const marginMinutes = MARGIN_MS.on(WIN_08.inForceFrom) / 60_000;

/** The rule behind the doubt of an unreadable margin. */
export const draining: Rule = {
  ...WIN_08,
  reading: {
    fr: `Rien de nouveau n’est confié à l’opérateur après la fermeture moins la marge (${marginMinutes} min, sauf si l’auteur en choisit une) ; le reste attend l’ouverture suivante.`,
    en: `Nothing new is handed to the operator after the close minus the margin (${marginMinutes} min, unless the author chooses one); the rest waits for the next opening.`,
  },
  parameters: { marginMs: MARGIN_MS },
};

/** The rules that close moments, in the order of docs/law.md. */
export const timingRules: readonly TimingRule[] = [sendingHours, sundayRest, holidayRest, reminderHours];

/** The rules on sending windows. */
export const windowRules: readonly Rule[] = [...timingRules, profileInForce, lastLook, validity, draining];
