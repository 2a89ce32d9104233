import { dated, type Dated, type Term, REMINDERS, type ParameterValue } from '../../rule/index.ts';
import type { Words } from '../../words/index.ts';
import { inFrench, type Profile } from '../profile/hours.ts';
import { hoursByRow, usualProfile } from '../profile.ts';
import { howLong, withDe } from '../span.ts';

type ReminderPurpose = (typeof REMINDERS)[number];

/** The profile that most reminders share; a purpose with another profile is printed beside it. */
const commonProfile = usualProfile('appointment');

const ownProfiles = REMINDERS.map((purpose) => ({ purpose, profile: usualProfile(purpose) })).filter(
  ({ profile }) => profile.id !== commonProfile.id,
);

const OF_PURPOSE: Readonly<Record<ReminderPurpose, Words>> = {
  appointment: { fr: 'd’un rendez-vous', en: 'of an appointment' },
  renewal: { fr: 'd’un renouvellement', en: 'of a renewal' },
  payment: { fr: 'd’un paiement', en: 'of a payment' },
};

const between = ({ weekdays: { opens, closes } }: Profile): Words => ({
  fr: `entre ${inFrench(opens)} et ${inFrench(closes)}`,
  en: `between ${opens} and ${closes}`,
});

const hours: Words = {
  fr: [
    between(commonProfile).fr,
    ...ownProfiles.map(({ purpose, profile }) => `ceux ${OF_PURPOSE[purpose].fr} ${between(profile).fr}`),
  ].join(', '),
  en: [
    between(commonProfile).en,
    ...ownProfiles.map(({ purpose, profile }) => `those ${OF_PURPOSE[purpose].en} ${between(profile).en}`),
  ].join(', '),
};

/** Returns the profiles of reminders with their hours, as parameters of the rule. */
export const registeredHours = (rule: Term): Readonly<Record<string, Dated<ParameterValue>>> => ({
  profile: dated([rule, commonProfile.id]),
  ...hoursByRow(commonProfile),
  ...Object.fromEntries(ownProfiles.flatMap(({ purpose, profile }) => registeredFor(rule, purpose, profile))),
});

function registeredFor(rule: Term, purpose: ReminderPurpose, profile: Profile): [string, Dated<string>][] {
  const { opens, closes } = hoursByRow(profile);
  return [
    [`${purpose}_profile`, dated([rule, profile.id])],
    [`${purpose}_opens`, opens],
    [`${purpose}_closes`, closes],
  ];
}

/** The parameters of WIN-04 by which a reminder moves. */
interface MovementNumbers {
  readonly shift: Dated<'earlier' | 'later'>;
  readonly least_share_left: Dated<number>;
  readonly if_late: Dated<string>;
  readonly least_lead_minutes: Dated<number>;
  readonly short_lead_minutes: Dated<number>;
  readonly floor_minutes: Dated<number>;
  readonly correction_lead_minutes: Dated<number>;
}

/** Returns the reading of WIN-04, with its numbers on a date. */
export function reminderReading(numbers: MovementNumbers, on: string): Words {
  const movement = movementIn(numbers, on);
  return {
    fr: `La charte ne limite pas les rappels ; nous les gardons ${hours.fr}, jamais à partir de l’événement. ${movement.fr}`,
    en: `The charter sets reminders no hours; we keep them ${hours.en}, never from the event on. ${movement.en}`,
  };
}

function movementIn(numbers: MovementNumbers, on: string): Words {
  const share = numbers.least_share_left.on(on) * 100;
  const direction = numbers.shift.on(on);
  const spanOf = (minutes: Dated<number>): Words => howLong({ minutes: minutes.on(on) });
  const leastLead = spanOf(numbers.least_lead_minutes);
  const shortLead = spanOf(numbers.short_lead_minutes);
  const floor = spanOf(numbers.floor_minutes);
  const correctionLead = spanOf(numbers.correction_lead_minutes);
  const byDefault = numbers.if_late.on(on);
  const [nextLawful, skip] = [ifLateIn('next-lawful', byDefault), ifLateIn('skip', byDefault)];
  return {
    fr: [
      `Souhaité avant l’ouverture d’un jour ouvert, il part à cette ouverture s’il reste au moins ${share} % du préavis.`,
      `À toute autre heure fermée, il ${direction === 'earlier' ? 'avance' : 'recule'}.`,
      `Réservé trop tard pour l’heure souhaitée, ou pour avancer, il part au prochain moment permis s’il reste alors au moins ${share} % de ce qui restait (${nextLawful.fr}), ou ne part pas (${skip.fr}), et la personne est à appeler.`,
      `Rien ne part à moins ${withDe(leastLead.fr)} de l’événement ; d’un préavis de moins ${withDe(shortLead.fr)}, il en reste au moins ${share} %.`,
      `Rien ne part moins ${withDe(floor.fr)} après la réservation ou son changement ; une correction part au plus tard ${correctionLead.fr} avant l’événement.`,
    ].join(' '),
    en: [
      `Wished before the opening of an open day, it leaves at that opening when at least ${share}% of the lead is left.`,
      `At any other closed hour it moves ${direction}.`,
      `Booked too late for its wish, or to move ${direction}, it leaves at the next lawful moment when at least ${share}% of what was left is left then (${nextLawful.en}), or is skipped (${skip.en}), and the person is to be called.`,
      `Nothing leaves within ${leastLead.en} before the event; of a lead shorter than ${shortLead.en}, at least ${share}% is left.`,
      `Nothing leaves within ${floor.en} after the booking or its change; a correction leaves ${correctionLead.en} before the event at the latest.`,
    ].join(' '),
  };
}

const ifLateIn = (ifLate: string, byDefault: string): Words => ({
  fr: `ifLate: ${ifLate}${ifLate === byDefault ? ', par défaut' : ''}`,
  en: `ifLate: ${ifLate}${ifLate === byDefault ? ', the default' : ''}`,
});
