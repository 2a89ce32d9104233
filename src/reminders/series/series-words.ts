import type { Purpose, Territory } from '../../law/index.ts';
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
import type { Composed } from '../../sending/index.ts';
import { languageOf } from '../../words/index.ts';

/** The data of the practice that recipients read. */
export interface ShownPractice {
  readonly displayName: string;
  readonly phone: string | undefined;
  readonly address: string | undefined;
  readonly sector: string;
}

/** The default texts of reminders. */
export type ReminderKind = Extract<
  TextName,
  'appointment' | 'moved' | 'cancelled' | 'renewal' | 'ending' | 'schedule' | 'payment' | 'overdue'
>;

/** The inputs of a reminder's text. */
export interface ReminderWords {
  readonly kind: ReminderKind;
  /** The tenant's or the booking's own text; the default one when absent. */
  readonly text: string | undefined;
  readonly purpose: Purpose;
  readonly locale: string;
  readonly practice: ShownPractice;
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
export type WrittenText =
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
    ? weighed(rendered.text, { maxParts: words.maxParts, asks })
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

function weighed(
  text: string,
  { maxParts, asks }: { readonly maxParts: number; readonly asks: boolean },
): WrittenText {
  const { parts, encoding } = measure(text);
  if (parts > maxParts) return { kind: 'excluded', because: 'TOO_MANY_PARTS' };
  return { kind: 'text', text, parts, encoding, asks };
}
