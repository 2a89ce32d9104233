import { localDate } from '../calendar/local-date.ts';
import type { DateTime } from 'luxon';
import { SIGHTING_DAYS } from '../calendar/customary.ts';
import { holidaysOn, type Holiday, type HolidayClass } from '../calendar/holiday.ts';
import type { DayPolicy, Profile } from '../profile.ts';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule, type Words } from '../rule.ts';
import type { Conditions, TimingRule } from '../timing-rule.ts';
import { territoriesOf } from '../territory.ts';
import { wallTime } from './wall-time.ts';

/** Whose list a day must be in: the nation’s, the territory’s, or that of one source among others. */
const CLASSES: readonly HolidayClass[] = ['national', 'local', 'soft'];

const provision: Rule = {
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
  reading: {
    fr: 'La liste est celle du territoire, à sa date locale. Si le territoire ou le jour est douteux, tous les jours possibles sont fermés : à Mayotte, la veille et le lendemain d’une fête qui suit la lune.',
    en: 'The list is the territory’s, at its local date. When territory or day is in doubt, every possible day is closed: in Mayotte, the eve and the morrow of a feast that follows the moon.',
  },
  parameters: { classes: CLASSES, sighting_days: SIGHTING_DAYS },
};

/** WIN-03: nothing leaves on a holiday of the recipient's territory. */
export const holidayRest: TimingRule = {
  ...provision,

  bars(at, conditions) {
    const [day] = daysUnder('closed', at, conditions);
    if (!day) return undefined;
    return {
      rule: { ...provision, source: day.source },
      code: 'HOLIDAY',
      from: wallTime(at, '00:00'),
      until: wallTime(at, '24:00'),
      about: spoken(day),
    };
  },

  warns(at, conditions) {
    const [day] = daysUnder('discouraged', at, conditions);
    return (
      day && { fr: `${day.name} : toléré, non recommandé`, en: `${day.nameEn}: tolerated, not recommended` }
    );
  },
};

/** A day on which the sources disagree is not called a public holiday. */
const spoken = ({ class: kind, name, nameEn }: Holiday): Words =>
  kind === 'soft'
    ? { fr: `jour chômé par usage, ${name}`, en: `usual day off, ${nameEn}` }
    : { fr: `jour férié, ${name}`, en: `public holiday, ${nameEn}` };

/** The holidays of that local date which the profile treats so. */
function daysUnder(policy: DayPolicy, at: DateTime, { profile, locality }: Conditions): readonly Holiday[] {
  const days = holidaysOn(localDate(at), territoriesOf(locality), locality.goodFriday);
  return days.filter((day) => CLASSES.includes(day.class) && policyOn(day, profile) === policy);
}

const policyOn = (day: Holiday, profile: Profile): DayPolicy =>
  day.class === 'soft' ? profile.softDays : profile.holidays;
