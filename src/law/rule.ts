import { Duration, type DurationLikeObject } from 'luxon';
import type { Dated, Term } from './dated.ts';
import { wordsIn, type Language, type Words } from '../words/index.ts';

export { withDe } from '../words/index.ts';
export type { Language, Words };

/** Every level, from statute to our own policy. */
export const LEVELS = ['LAW', 'GUIDANCE', 'CHARTER', 'VENDOR', 'SEED', 'HOUSE'] as const;
/** Who asks for a rule. */
export type Level = (typeof LEVELS)[number];

/** Read at its source, quoted by somebody else, or still to be read: that may close, never open. */
export const CONFIDENCES = ['read', 'secondary', 'to-confirm'] as const;
/** How a text was read. */
export type Confidence = (typeof CONFIDENCES)[number];

/** What a message is for; it chooses basis, window and direction. */
export type Purpose =
  | 'marketing'
  | 'appointment'
  | 'renewal'
  | 'payment'
  | 'acknowledgement'
  | 'confirmation';

/** The three purposes that remind a person of something of theirs. */
export const REMINDERS = ['appointment', 'renewal', 'payment'] as const satisfies readonly Purpose[];

/**
 * How long something is, as a sentence says it: `3 ans`, `une heure`, `one month`; of ISO 8601 or units.
 *
 * Hours, days and weeks stay in the unit that they are given in; anything else is said in larger units where they fit.
 */
export function howLong(span: string | DurationLikeObject): Words {
  const asked = typeof span === 'string' ? Duration.fromISO(span) : Duration.fromObject(span);
  const { days, weeks, hours } = asked.toObject();
  const keepsItsUnit = (days ?? weeks ?? hours) !== undefined;
  const said = keepsItsUnit ? asked : asked.rescale();
  const inLanguage = (locale: Language): string => oneInWords(said.reconfigure({ locale }).toHuman(), locale);
  return { fr: inLanguage('fr'), en: inLanguage('en') };
}

const oneInWords = (said: string, language: Language): string =>
  said.replaceAll(/(?<![\d.,])1\s(?=(\p{L}+))/gu, (_, unit: string) => wordsIn(language).dates.one(unit));

/** The words of a text as somebody read them, and when. */
interface Quotation {
  readonly words: string;
  readonly source: string;
  /** Local date of the reading, `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** One provision: what it asks, who says so, since when. */
export interface Rule extends Term {
  readonly title: Words;
  readonly level: Level;
  readonly source: string;
  readonly confidence: Confidence;
  readonly readOn: string;
  readonly purposes: readonly Purpose[];
  /** Present only when the words were read, never paraphrased. */
  readonly quotation?: Quotation;
  readonly reading: Words;
  readonly parameters: Readonly<Record<string, Dated<ParameterValue>>>;
}

/** What a parameter may be on a day. */
export type ParameterValue = string | number | boolean | readonly string[];

/** A provision without its numbers: who asks for it, since when, and the words where they were read. */
export type Stated = Omit<Rule, 'reading' | 'parameters'>;

/** The day on which the sources of this edition were read. */
export const READ_ON = '2026-10-01';

/** Our own policies bind every date that the calendar covers. */
export const SINCE_EVER = '2006-01-01';

/** The dates of a policy of our own, of whose chapter this is no part. */
export const sinceEver = (id: string): Term => ({ id, inForceFrom: SINCE_EVER });

/** Whether a dated thing binds on a local date `YYYY-MM-DD`. */
export function standsOn(dated: Omit<Term, 'id'>, on: string): boolean {
  return dated.inForceFrom <= on && (dated.inForceUntil === undefined || on <= dated.inForceUntil);
}

/** The row of that id that binds on a date: a change of law is one more row. */
export function rowOn<T extends Term>(rows: readonly T[], id: string, on: string): T | undefined {
  return rows.find((row) => row.id === id && standsOn(row, on));
}
