import type { DateTime } from 'luxon';
import type { Language, Purpose } from '../law/rule.ts';
import { MAX_PARTS } from '../sms/content.ts';
import { defaultText, languageOf } from '../sms/default-text.ts';
import { measure } from '../sms/encoding.ts';
import { showMoment } from '../sms/french-date.ts';
import { render, type Values } from '../sms/rendering.ts';
import { stopMention, withStop, type OptOutMeans } from '../sms/stop-mention.ts';
import { parseTemplate } from '../sms/template.ts';
import { vocabularyOf } from '../sms/variable.ts';
import type { Territory } from '../law/territory.ts';
import type { Composed } from '../messages/prepared.ts';

/** What recipients read of the place where they are expected. */
export interface ShownPractice {
  readonly displayName: string;
  readonly phone: string | undefined;
  readonly address: string | undefined;
  readonly sector: string;
}

/** Everything that a reminder may say. */
export interface ReminderWords {
  readonly kind: 'appointment' | 'moved' | 'cancelled';
  /** The tenant's or the booking's own text; the default one when absent. */
  readonly text: string | undefined;
  readonly purpose: Purpose;
  readonly locale: string;
  readonly practice: ShownPractice;
  readonly brand: string;
  /** Names of people; unused in sector `health`. */
  readonly person: { readonly firstName?: string | undefined; readonly lastName?: string | undefined };
  /** The event that the text names, in the zone where it happens. */
  readonly eventAt: DateTime;
  /** When the person reads it. */
  readonly now: DateTime;
  readonly territory: Territory;
  readonly means: OptOutMeans;
}

/** A final text, weighed; or why there is none. */
export type WrittenText =
  | Omit<Extract<Composed, { kind: 'text' }>, 'to' | 'sender'>
  | Extract<Composed, { kind: 'excluded' }>;

/** The text that leaves: rendered as late as possible, in the clock of the appointment. */
export function reminderText(words: ReminderWords): WrittenText {
  const { purpose, practice, territory, means } = words;
  const language = languageOf(words.locale);
  const mention = stopMention({ purpose, language, territory, means });
  if (mention.kind === 'impossible') return { kind: 'excluded', because: 'CONTENT_REFUSED' };
  const written = withStop(words.text ?? defaultText(words.kind, words.locale));
  const template = parseTemplate(written, vocabularyOf(purpose, { sector: practice.sector }));
  if (template.kind === 'refused') return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  const stop = mention.kind === 'mention' ? mention.text : '';
  const rendered = render(template, { ...valuesOf(words, language), stop });
  return rendered.kind === 'text'
    ? weighed(rendered.text)
    : { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
}

function valuesOf({ practice, brand, person, eventAt, now }: ReminderWords, language: Language): Values {
  const zone = eventAt.zoneName ?? 'utc';
  return {
    ...showMoment(eventAt, { zone, now, language }),
    practice: practice.displayName,
    phone: practice.phone,
    address: practice.address,
    brand,
    firstName: person.firstName,
    lastName: person.lastName,
  };
}

function weighed(text: string): WrittenText {
  const { parts, encoding } = measure(text);
  if (parts > MAX_PARTS) return { kind: 'excluded', because: 'TOO_MANY_PARTS' };
  return { kind: 'text', text, parts, encoding };
}
