import type { DateTime } from 'luxon';
import { momentInWords } from '../../law/index.ts';
import type { Purpose, Territory } from '../../rule/index.ts';
import { EXCLUSION_RULES, exclusionWords } from '../../people/index.ts';
import {
  type ExclusionReason,
  bilingual,
  inEachLanguage,
  type Words,
  languageOf,
} from '../../words/index.ts';
import type { Composed } from '../../sending/index.ts';
import {
  ANSWERS_ASKED,
  canReceiveAnswers,
  defaultText,
  type TextName,
  measure,
  render,
  type Values,
  stopMention,
  withStop,
  type OptOutMeans,
  parseTemplate,
  vocabularyOf,
} from '../../sms/index.ts';

/** The reason why a step moved, or will not be sent; kept in both languages. */
export interface StepReason {
  /** A code of steps, as SUNDAY, LATE_BOOKING or STOPPED. */
  readonly code: string;
  readonly ruleId?: string;
  /** ISO instant the reason speaks of. */
  readonly at?: string;
  readonly text: Words;
}

const ENDINGS = bilingual.series.endings;

/** Returns the reason of a step that ended for a known cause. */
export const ending = (code: keyof typeof ENDINGS): StepReason => ({ code, text: ENDINGS[code] });

/** Returns the reason of a step whose person is not eligible. */
export const excludedBy = (code: ExclusionReason): StepReason => ({
  code,
  text: inEachLanguage((language) => exclusionWords(code, language).why),
});

const EXCLUSION_CODES: ReadonlySet<string> = new Set(EXCLUSION_RULES.map(({ code }) => code));

/**
 * Says whether a step was skipped for a reason of its person. It may pass before the event: by an agreement, a new
 * number, a birthday.
 */
export const isExclusionCode = (code: string | null): boolean => code !== null && EXCLUSION_CODES.has(code);

export const momentWords = (at: DateTime): Words => inEachLanguage((language) => momentInWords(at, language));

/** The reason of a wish that a change made late, after a message of the event was sent. */
export const changedLate = (wanted: DateTime): StepReason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  text: bilingual.series.changedLate({
    wanted: momentWords(wanted),
  }),
});

/** The reason of a step held back until too little time was left. */
export const missed = (planned: DateTime): StepReason => ({
  code: 'PAST',
  ruleId: 'WIN-04',
  text: bilingual.series.missed({ planned: momentWords(planned) }),
});

/** The reason of a step that repeats another within half a day. */
export const collapsed = (kept: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: bilingual.series.collapsed({ kept: momentWords(kept) }),
});

/** The reason of a step for the same day that could only be sent earlier. */
export const notSameDay = (wanted: DateTime): StepReason => ({
  code: 'NOT_SAME_DAY',
  ruleId: 'WIN-04',
  text: bilingual.series.notSameDay({
    wanted: momentWords(wanted),
  }),
});

/** The reason of a move into the bounds that the law sets to one message of a renewal. */
export const movedIntoNotice = ({
  wanted,
  at,
  ruleId,
}: {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly ruleId: 'REN-01' | 'REN-03';
}): StepReason => ({
  code: 'REN_01',
  ruleId,
  at: at.toString(),
  text: bilingual.series.movedIntoNotice({
    wanted: momentWords(wanted),
    at: momentWords(at),
    ruleId,
  }),
});

/** The reason of a late step that another one replaces. */
export const enoughWith = (kept: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: kept.toString(),
  text: bilingual.series.enoughWith({ kept: momentWords(kept) }),
});

/** The reason of a step whose content was already sent and is still true. */
export const alreadySaid = (at: DateTime): StepReason => ({
  code: 'COLLAPSED',
  at: at.toString(),
  text: bilingual.series.alreadySaid({ at: momentWords(at) }),
});

/** The reason of a change too late to announce. */
export const correctionImpossible = (limit: DateTime): StepReason => ({
  code: 'LATE_BOOKING',
  ruleId: 'WIN-04',
  at: limit.toString(),
  text: bilingual.series.correctionImpossible({
    limit: momentWords(limit),
  }),
});

const NOT_REACHED = bilingual.series.notReached;

/** Returns the reason to phone somebody, with its cause. */
export function notReached(code: keyof typeof NOT_REACHED, because: StepReason | null): StepReason {
  const { fr, en } = NOT_REACHED[code];
  const { text } = because ?? {};
  return { code, text: text === undefined ? { fr, en } : { fr: `${fr} ${text.fr}`, en: `${en} ${text.en}` } };
}

/** The kinds of reminders; each has a default text. */
export type ReminderKind = Extract<
  TextName,
  'appointment' | 'moved' | 'cancelled' | 'renewal' | 'ending' | 'schedule' | 'payment' | 'overdue'
>;

export interface ReminderWords {
  readonly kind: ReminderKind;
  /** The tenant's or the booking's own text; the default one when absent. */
  readonly text: string | undefined;
  readonly purpose: Purpose;
  readonly locale: string;
  readonly practice: {
    readonly displayName: string;
    readonly phone: string | undefined;
    readonly address: string | undefined;
    readonly sector: string;
  };
  readonly brand: string;
  /** Names of people; unused in sector `health`. */
  readonly person: { readonly firstName?: string | undefined; readonly lastName?: string | undefined };
  /** The values that its kind gives of the event. */
  readonly said: Values;
  readonly territory: Territory;
  readonly means: OptOutMeans;
  /** True when the person answered already: then the text does not ask again. */
  readonly answered: boolean;
  /** The person's opt-out link; absent when no public address is set. */
  readonly stopLink?: string | undefined;
  /** The link of the whole payment plan. */
  readonly scheduleLink?: string | undefined;
  readonly maxParts: number;
}

/** A final measured text; or the reason why there is none. */
type WrittenText =
  | (Omit<Extract<Composed, { kind: 'text' }>, 'to' | 'sender'> & {
      /** True when it asks whether the person comes. */
      readonly asks: boolean;
    })
  | Extract<Composed, { kind: 'excluded' }>;

/** Renders the text to send, as late as possible, in the zone of the appointment. */
export function reminderText(words: ReminderWords): WrittenText {
  const { kind, locale, text } = words;
  const whole = written(words, text ?? defaultText(kind, locale));
  const isTooLong = whole.kind === 'excluded' && whole.because === 'TOO_MANY_PARTS';
  return kind === 'schedule' && isTooLong ? written(words, defaultText('schedule-summary', locale)) : whole;
}

function written(words: ReminderWords, text: string): WrittenText {
  const { purpose, practice, territory, means, stopLink } = words;
  const language = languageOf(words.locale);
  const mention = stopMention({ purpose, language, territory, means, stopLink });
  if (mention.kind === 'impossible') return { kind: 'excluded', because: 'CONTENT_REFUSED' };
  const template = parseTemplate(withStop(text), vocabularyOf(purpose, { sector: practice.sector }));
  if (template.kind === 'refused') return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  if (stopLink === undefined && template.variables.includes('stopLink'))
    return { kind: 'excluded', because: 'CONTENT_REFUSED' };
  const asks = template.variables.includes('answers') && !words.answered;
  if (asks && !canReceiveAnswers(means)) return { kind: 'excluded', because: 'ANSWERS_IMPOSSIBLE' };
  const stop = mention.kind === 'mention' ? mention.text : '';
  const answers = asks ? ANSWERS_ASKED[language] : '';
  const rendered = render(template, { ...valuesOf(words), stop, answers });
  return rendered.kind === 'text'
    ? measured(rendered.text, { maxParts: words.maxParts, asks })
    : { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
}

const valuesOf = ({ practice, brand, person, said, stopLink, scheduleLink }: ReminderWords): Values => ({
  ...said,
  stopLink,
  scheduleLink,
  practice: practice.displayName,
  phone: practice.phone,
  address: practice.address,
  brand,
  firstName: person.firstName,
  lastName: person.lastName,
});

function measured(
  text: string,
  { maxParts, asks }: { readonly maxParts: number; readonly asks: boolean },
): WrittenText {
  const { parts, encoding } = measure(text);
  if (parts > maxParts) return { kind: 'excluded', because: 'TOO_MANY_PARTS' };
  return { kind: 'text', text, parts, encoding, asks };
}
