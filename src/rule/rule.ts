import { DateTime, type ToISOTimeOptions } from 'luxon';
import type { Words } from '../words/index.ts';

/** The levels of rules, from statute to our own policy. */
export const LEVELS = ['LAW', 'GUIDANCE', 'CHARTER', 'VENDOR', 'SEED', 'HOUSE'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Whether a rule's text was read at its source, is known as others quote it, or is still to be read. A rule that is
 * still to be read may close a moment and never open one.
 */
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

/** One provision of the law, a charter or our policy, with our reading of it and its numbers. */
export interface Rule extends Term {
  readonly title: Words;
  readonly level: Level;
  readonly source: string;
  readonly confidence: Confidence;
  readonly readOn: string;
  readonly purposes: readonly Purpose[];
  /** Present only when the words were read; never a paraphrase. */
  readonly quotation?: Quotation;
  readonly reading: Words;
  readonly parameters: Readonly<Record<string, Dated<ParameterValue>>>;
}

/** The value of a number, a word or a list in a rule. */
export type ParameterValue = string | number | boolean | readonly string[];

/** A rule without our reading and its numbers. */
export type Provision = Omit<Rule, 'reading' | 'parameters'>;

/** The local date on which the sources of this edition were read. */
export const READ_ON = '2026-10-01';

/** The first date of our own policies, which bind every date that the calendar covers. */
export const SINCE_EVER = '2006-01-01';

/** Returns the term of a policy of our own. */
export const sinceEver = (id: string): Term => ({ id, inForceFrom: SINCE_EVER });

/** Says whether a dated term is in force on a local date `YYYY-MM-DD`. */
export function isInForceOn(term: Omit<Term, 'id'>, on: string): boolean {
  return term.inForceFrom <= on && (term.inForceUntil === undefined || on <= term.inForceUntil);
}

/** Returns the row of that id in force on a date: a change of law is one more row. */
export function rowOn<T extends Term>(rows: readonly T[], id: string, on: string): T | undefined {
  return rows.find((row) => row.id === id && isInForceOn(row, on));
}

/** The local dates on which something of the law is in force. */
export interface Term {
  readonly id: string;
  /** First local date on which it binds, `YYYY-MM-DD`. */
  readonly inForceFrom: string;
  /** Last local date on which it binds; absent while it has no end. */
  readonly inForceUntil?: string;
}

interface DayIn {
  readonly at: DateTime;
  readonly zone: string;
}

/**
 * The day on which the law is read: a moment with a zone, a local date `YYYY-MM-DD`, or an ISO instant. An instant has
 * the date of its own offset, or that of Paris when it is in UTC. A bare DateTime is no day: its zone may be the host's.
 */
export type Day = DayIn | string;

/** Returns the day of a moment in a zone. */
export const dayIn = (at: DateTime, zone: string): Day => ({ at, zone });

/** A value of the law with the dates on which it is in force. */
interface Row<T> {
  readonly term: Term;
  readonly value: T;
}

/** The zone that dates a moment where no person's place does. */
export const FRENCH_ZONE = 'Europe/Paris';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Returns the day of a moment in Paris, for what belongs to no other place. */
export const frenchDay = (at: DateTime): Day => dayIn(at, FRENCH_ZONE);

/**
 * Thrown for a number of the law whose dates are wrong, which stops the process at its start, or that is read without
 * a day.
 */
export class LawFault extends Error {
  override readonly name = 'LawFault';
}

/**
 * A constant of the law: each of its values with the dates of its provision. It is read by its value on a day and
 * cannot be used as a number itself. Before its first day its first value holds.
 */
export class Dated<T> {
  readonly #rows: readonly [Row<T>, ...Row<T>[]];

  constructor(rows: readonly [Row<T>, ...Row<T>[]]) {
    requireConsecutive(rows.map(({ term }) => term));
    this.#rows = rows;
  }

  /** Returns the value in force on a day. */
  on(day: Day): T {
    const [first, ...later] = this.#rows;
    // Most numbers have one value, and computing a date would take longer than all else here.
    if (later.length === 0) return first.value;
    const date = dateOf(day);
    return (later.findLast(({ term }) => term.inForceFrom <= date) ?? first).value;
  }

  /** Transforms each value and keeps the dates. */
  map<U>(transform: (value: T) => U): Dated<U> {
    const [first, ...later] = this.#rows;
    const mapRow = ({ term, value }: Row<T>): Row<U> => ({ term, value: transform(value) });
    return new Dated([mapRow(first), ...later.map(mapRow)]);
  }

  /** Every value with its first day, earliest first. */
  get turns(): readonly { readonly from: string; readonly value: T }[] {
    return this.#rows.map(({ term, value }) => ({ from: term.inForceFrom, value }));
  }

  /**
   * Returns the moment at which something is reached under each value, and whether that value is in force then. A
   * value that would have been reached before its own first day is reached as that day begins. Moments are numbers
   * or texts of one format; `begins` converts a local date to that format.
   */
  reached<M extends string | number>(
    reach: (value: T) => M,
    begins: (date: string) => M,
  ): readonly { readonly at: M; readonly isInForce: boolean }[] {
    return this.#rows.map(({ term, value }, index) => {
      const [moment, next] = [reach(value), this.#rows[index + 1]?.term.inForceFrom];
      const first = begins(term.inForceFrom);
      const at = index > 0 && moment < first ? first : moment;
      return { at, isInForce: next === undefined || at < begins(next) };
    });
  }

  /** Serializes the values, since the edition of the rules is computed from them. */
  toJSON(): unknown {
    return this.turns;
  }

  /** Throws: the driver of PostgreSQL calls this on each value, and none may be sent without a day. */
  toPostgres(): never {
    return this[Symbol.toPrimitive]();
  }

  /** Throws: it may be neither printed nor computed with unless it is read on a day. */
  [Symbol.toPrimitive](): never {
    throw new LawFault(`${this.#rows[0].term.id}: a number of the law is read on a day`);
  }
}

/** Builds a constant from the values of its provision's rows, in order of their dates. */
export const dated = <T>(...rows: readonly [readonly [Term, T], ...(readonly [Term, T])[]]): Dated<T> => {
  const [[term, value], ...later] = rows;
  return new Dated([
    { term, value },
    ...later.map(([laterTerm, laterValue]) => ({ term: laterTerm, value: laterValue })),
  ]);
};

function dateOf(day: Day): string {
  if (typeof day === 'string' && DATE.test(day)) return day;
  const moment = momentOf(day);
  const date = moment.isValid ? localDate(moment) : '';
  if (DATE.test(date)) return date;
  throw new LawFault('a number of the law is read on a day that does not exist');
}

function momentOf(day: Day): DateTime {
  if (typeof day !== 'string') return day.at.setZone(day.zone);
  // An instant without an offset is in UTC, never in the host's zone.
  const at = DateTime.fromISO(day, { zone: 'utc', setZone: true });
  return at.zoneName === 'UTC' ? at.setZone(FRENCH_ZONE) : at;
}

/** Throws unless each row begins on the day after the one before ends, and the last has no end. */
function requireConsecutive(terms: readonly Term[]): void {
  for (const [index, { id, inForceFrom, inForceUntil }] of terms.entries()) {
    const next = terms[index + 1];
    if (![inForceFrom, ...(inForceUntil === undefined ? [] : [inForceUntil])].every(isDate))
      throw new LawFault(`${id}: a number without dates`);
    if (next === undefined && inForceUntil !== undefined)
      throw new LawFault(`${id}: no number after ${inForceUntil}`);
    if (next !== undefined && dayAfter(inForceUntil) !== next.inForceFrom)
      throw new LawFault(
        `${id}: its numbers of ${inForceFrom} and ${next.inForceFrom} do not follow each other`,
      );
  }
}

const isDate = (on: string): boolean => DATE.test(on) && DateTime.fromISO(on).isValid;

const dayAfter = (on: string | undefined): string | undefined =>
  on === undefined ? undefined : localDate(DateTime.fromISO(on, { zone: 'utc' }).plus({ days: 1 }));

/** Returns the local date of a moment, `YYYY-MM-DD`; throws when it is invalid. */
export function localDate(at: DateTime): string {
  return requireText(at, at.toISODate());
}

/** Returns a moment as ISO 8601 in its own zone; throws when it is invalid. */
export function isoText(at: DateTime, options?: ToISOTimeOptions): string {
  return requireText(at, at.toISO(options));
}

function requireText(at: DateTime, text: string | null): string {
  if (text === null) throw new ImpossibleMoment(at.invalidExplanation ?? 'no moment');
  return text;
}

/** Thrown for an invalid DateTime; code that takes a moment from outside checks it first. */
class ImpossibleMoment extends RangeError {
  override readonly name = 'ImpossibleMoment';
}
