import { GROUNDS } from '../contacts/eligibility.repository.ts';
import { exclusionWords } from '../contacts/exclusion-words.ts';
import type { ExclusionReason } from '../contacts/exclusion.ts';
import { momentInWords } from '../law/because.ts';
import type { Words } from '../law/rule.ts';
import type { DateTime } from 'luxon';

/** Why a step moved, or will not leave; kept in both languages. */
export interface Reason {
  /** A code of steps, as SUNDAY, LATE_BOOKING or STOPPED. */
  readonly code: string;
  readonly ruleId?: string;
  /** ISO instant the reason speaks of. */
  readonly at?: string;
  readonly text: Words;
}

/** Why a step cannot leave, whatever the moment it was wished for. */
const ENDINGS = {
  PAST: { fr: 'L’événement est passé.', en: 'The event is past.' },
  STOPPED: { fr: 'La personne a dit STOP.', en: 'The person said STOP.' },
  MOVED: { fr: 'L’événement a changé.', en: 'The event changed.' },
  CANCELLED: { fr: 'L’événement est annulé.', en: 'The event is cancelled.' },
  PAID: { fr: 'L’échéance est payée.', en: 'The instalment is paid.' },
  CONFIRMED: { fr: 'La personne a confirmé.', en: 'The person confirmed.' },
  DECLINED: {
    fr: 'La personne a répondu qu’elle ne vient pas.',
    en: 'The person answered that they do not come.',
  },
  FREQUENCY_CAP: {
    fr: 'Le plafond de messages de cette personne est atteint (FRQ-01).',
    en: 'The cap of messages to this person is reached (FRQ-01).',
  },
  SHADOW: {
    fr: 'À blanc : serait parti, rien ne devait partir.',
    en: 'In shadow: it would have left, and nothing was meant to leave.',
  },
} as const satisfies Record<string, Words>;

/** The reason of a step that ended for a known cause. */
export const ending = (code: keyof typeof ENDINGS): Reason => ({ code, text: ENDINGS[code] });

/** The reason of a step whose person may not be written to. */
export const barredBy = (code: ExclusionReason): Reason => ({
  code,
  text: { fr: exclusionWords(code, 'fr').why, en: exclusionWords(code, 'en').why },
});

const BARS: ReadonlySet<string> = new Set(GROUNDS.map(({ code }) => code));

/** Whether a step was skipped for its person. That may end before the event: by an agreement, a new number, a birthday. */
export const isBar = (code: string | null): boolean => code !== null && BARS.has(code);

/** A wish that a change made late, after a message of the event had left. */
export const changedLate = (wanted: DateTime): Reason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  text: {
    fr: `Prévu ${momentInWords(wanted, 'fr')} ; trop tard pour cette heure, et un message est déjà parti (WIN-04).`,
    en: `Planned ${momentInWords(wanted, 'en')}; too late for that hour, and a message has left already (WIN-04).`,
  },
});

/** A step that was held back until too little time was left. */
export const missed = (planned: DateTime): Reason => ({
  code: 'PAST',
  ruleId: 'WIN-04',
  text: {
    fr: `Prévu ${momentInWords(planned, 'fr')} ; retenu, puis trop près de l’événement (WIN-04).`,
    en: `Planned ${momentInWords(planned, 'en')}; held back, then too near to the event (WIN-04).`,
  },
});

/** Two steps within half a day say the same thing twice. */
export const collapsed = (kept: DateTime): Reason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: {
    fr: `Un seul message en douze heures : celui de ${momentInWords(kept, 'fr')} suffit.`,
    en: `One message in twelve hours: that of ${momentInWords(kept, 'en')} is enough.`,
  },
});

/** A step of the same day that could only leave on an earlier one. */
export const notSameDay = (wanted: DateTime): Reason => ({
  code: 'NOT_SAME_DAY',
  ruleId: 'WIN-04',
  text: {
    fr: `Prévu ${momentInWords(wanted, 'fr')} ; ne peut partir le jour même, et un autre rappel suffit (WIN-04).`,
    en: `Planned ${momentInWords(wanted, 'en')}; cannot leave on the day itself, and another reminder is enough (WIN-04).`,
  },
});

/** A wish outside the bounds that the law sets to one message of a renewal. */
export const movedIntoNotice = ({
  wanted,
  at,
  ruleId,
}: {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly ruleId: 'REN-01' | 'REN-03';
}): Reason => ({
  code: 'REN_01',
  ruleId,
  at: at.toString(),
  text: {
    fr: `Prévu ${momentInWords(wanted, 'fr')} ; déplacé à ${momentInWords(at, 'fr')} : un message dans le délai de l’avis (${ruleId}).`,
    en: `Planned ${momentInWords(wanted, 'en')}; moved to ${momentInWords(at, 'en')}: one message in the time of the notice (${ruleId}).`,
  },
});

/** A late step whose place another one takes. */
export const enoughWith = (kept: DateTime): Reason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: {
    fr: `Trop tard pour son heure, et le message de ${momentInWords(kept, 'fr')} suffit.`,
    en: `Too late for its hour, and the message of ${momentInWords(kept, 'en')} is enough.`,
  },
});

/** What was said already, and is still true. */
export const alreadyTold = (at: DateTime): Reason => ({
  code: 'COLLAPSED',
  at: at.toString(),
  text: {
    fr: `Déjà dit ${momentInWords(at, 'fr')}.`,
    en: `Already told ${momentInWords(at, 'en')}.`,
  },
});

/** A change that came too late to be told. */
export const correctionImpossible = (limit: DateTime): Reason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  at: limit.toString(),
  text: {
    fr: `Aucune heure permise avant ${momentInWords(limit, 'fr')} : téléphoner à la personne (WIN-04).`,
    en: `No lawful hour before ${momentInWords(limit, 'en')}: phone the person (WIN-04).`,
  },
});

const NOT_REACHED = {
  DECLINED: {
    fr: 'A répondu NON : libérez la place ou proposez une autre date.',
    en: 'Answered NO: free the slot or offer another date.',
  },
  ANSWER_UNCLEAR: {
    fr: 'Sa réponse est à lire : elle ne dit ni oui ni non, ou pas pour quel rendez-vous.',
    en: 'The answer must be read: it says neither yes nor no, or not for which appointment.',
  },
  CORRECTION_IMPOSSIBLE: {
    fr: 'Ce qui a été dit est devenu faux et ne peut plus être corrigé par SMS.',
    en: 'What was said became false, and no SMS can set it right any more.',
  },
  UNDELIVERED: { fr: 'Le SMS n’est pas arrivé.', en: 'The SMS did not arrive.' },
  UNCERTAIN: { fr: 'On ne sait pas si le SMS est parti.', en: 'Nobody knows whether the SMS left.' },
  PAUSED: { fr: 'Les rappels sont en pause.', en: 'The reminders are paused.' },
  NOT_SENT: { fr: 'Aucun SMS n’est parti.', en: 'No SMS left.' },
} as const satisfies Record<string, Words>;

/** Why somebody must be phoned; what made it so is said with it. */
export function notReached(code: keyof typeof NOT_REACHED, because: Reason | null): Reason {
  const { fr, en } = NOT_REACHED[code];
  const { text } = because ?? {};
  return { code, text: text === undefined ? { fr, en } : { fr: `${fr} ${text.fr}`, en: `${en} ${text.en}` } };
}
