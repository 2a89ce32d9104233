import type { Dated, Term } from './dated.ts';
import type { Language, Words } from '../../words/index.ts';

export type { Language, Words };

/** The levels, from statute to our own policy. */
export const LEVELS = ['LAW', 'GUIDANCE', 'CHARTER', 'VENDOR', 'SEED', 'HOUSE'] as const;
export type Level = (typeof LEVELS)[number];

/** Read at its source, quoted by somebody else, or still to be read: that may close, never open. */
export const CONFIDENCES = ['read', 'secondary', 'to-confirm'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** The purposes of reminders. */
export const REMINDERS = ['appointment', 'renewal', 'payment'] as const;

/** Every purpose of a message. */
export const MESSAGE_PURPOSES = ['marketing', ...REMINDERS, 'acknowledgement', 'confirmation'] as const;

/** The purpose of a message; it chooses legal basis, window and direction. */
export type Purpose = (typeof MESSAGE_PURPOSES)[number];

/** The quoted words of a text, and the date of reading. */
interface Quotation {
  readonly words: string;
  readonly source: string;
  /** Local date of the reading, `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** One provision: its demand, its source, its dates. */
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

export type ParameterValue = string | number | boolean | readonly string[];

/** A provision without its numbers: source, dates, and the words where they were read. */
export type Stated = Omit<Rule, 'reading' | 'parameters'>;

/** The day on which the sources of this edition were read. */
export const READ_ON = '2026-10-01';

/** Our own policies bind every date that the calendar covers. */
export const SINCE_EVER = '2006-01-01';

/** Returns the dates of a policy of our own. */
export const sinceEver = (id: string): Term => ({ id, inForceFrom: SINCE_EVER });

/** Says whether a dated term is in force on a local date `YYYY-MM-DD`. */
export function standsOn(dated: Omit<Term, 'id'>, on: string): boolean {
  return dated.inForceFrom <= on && (dated.inForceUntil === undefined || on <= dated.inForceUntil);
}

/** Returns the row of that id in force on a date: a change of law is one more row. */
export function rowOn<T extends Term>(rows: readonly T[], id: string, on: string): T | undefined {
  return rows.find((row) => row.id === id && standsOn(row, on));
}
