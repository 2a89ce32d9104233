import { DateTime } from 'luxon';
import { localDate } from './calendar/local-date.ts';

/** On which local dates something of the law binds. */
export interface Term {
  readonly id: string;
  /** First local date on which it binds, `YYYY-MM-DD`. */
  readonly inForceFrom: string;
  /** Last local date on which it binds; absent while it stands. */
  readonly inForceUntil?: string;
}

/** A moment, and the zone whose calendar gives it a date. */
interface DayIn {
  readonly at: DateTime;
  readonly zone: string;
}

/**
 * The day that a question is about: a calendar date in a zone that somebody chose.
 *
 * It is a moment with its zone, a local date, or an ISO instant: that one has the date of its own offset, or of Paris
 * when it is in UTC. A bare DateTime is none: its zone may be the host's.
 */
export type Day = DayIn | string;

/** The date of a moment in a zone. */
export const dayIn = (at: DateTime, zone: string): Day => ({ at, zone });

/** A value of the law with the dates on which it is in force. */
interface Row<T> {
  readonly term: Term;
  readonly value: T;
}

/** Where nobody's place decides, a day is that of Paris. */
export const FRENCH_ZONE = 'Europe/Paris';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The date of a moment in Paris: for whatever belongs to no other place. */
export const frenchDay = (at: DateTime): Day => dayIn(at, FRENCH_ZONE);

/** A number of the law has wrong dates, or was read without a day. Wrong dates keep the process from starting. */
export class LawFault extends Error {
  override readonly name = 'LawFault';
}

/**
 * A constant of the law: each of its values with the dates of the provision that gives it.
 *
 * It cannot be used as a number: whoever decides or prints by it first asks for its value on a day. Before its first
 * day its first value holds.
 */
export class Dated<T> {
  readonly #rows: readonly [Row<T>, ...Row<T>[]];

  constructor(rows: readonly [Row<T>, ...Row<T>[]]) {
    refuseFaults(rows.map(({ term }) => term));
    this.#rows = rows;
  }

  /** The value in force on the day that the question is about. */
  on(day: Day): T {
    const [first, ...later] = this.#rows;
    if (later.length === 0) return first.value;
    const date = dateOf(day);
    return (later.findLast(({ term }) => term.inForceFrom <= date) ?? first).value;
  }

  /** The same dates, with what is made of each value. */
  map<U>(make: (value: T) => U): Dated<U> {
    const [first, ...later] = this.#rows;
    const made = ({ term, value }: Row<T>): Row<U> => ({ term, value: make(value) });
    return new Dated([made(first), ...later.map(made)]);
  }

  /** Every value with its first day, the earliest first. */
  get turns(): readonly { readonly from: string; readonly value: T }[] {
    return this.#rows.map(({ term, value }) => ({ from: term.inForceFrom, value }));
  }

  /**
   * When something is reached under each value, and whether that is while the value is in force.
   *
   * What a later value would have reached before its own first day is reached as that day begins. Moments are numbers
   * or texts of one format; `begins` gives that at which a local date begins.
   */
  reached<M extends string | number>(
    reach: (value: T) => M,
    begins: (date: string) => M,
  ): readonly { readonly at: M; readonly isInForce: boolean }[] {
    return this.#rows.map(({ term, value }, place) => {
      const [moment, next] = [reach(value), this.#rows[place + 1]?.term.inForceFrom];
      const first = begins(term.inForceFrom);
      const at = place > 0 && moment < first ? first : moment;
      return { at, isInForce: next === undefined || at < begins(next) };
    });
  }

  /** What the edition of the rules is told by. */
  toJSON(): unknown {
    return this.turns;
  }

  /** The driver of PostgreSQL asks this of each value: none is sent without a day. */
  toPostgres(): never {
    return this[Symbol.toPrimitive]();
  }

  /** Nothing is printed or computed of it without a day. */
  [Symbol.toPrimitive](): never {
    throw new LawFault(`${this.#rows[0].term.id}: a number of the law is read on a day`);
  }
}

/** A constant with the value of each row of its provision, in the order of their dates. */
export const dated = <T>(...rows: readonly [readonly [Term, T], ...(readonly [Term, T])[]]): Dated<T> => {
  const [[term, value], ...later] = rows;
  return new Dated([{ term, value }, ...later.map(([next, its]) => ({ term: next, value: its }))]);
};

/** The local date of a day. */
function dateOf(day: Day): string {
  const date = typeof day === 'string' && DATE.test(day) ? day : localDate(shown(day));
  if (DATE.test(date)) return date;
  throw new LawFault('a number of the law is read on a day that does not exist');
}

/** The moment as the clocks of its zone show it. */
function shown(day: Day): DateTime {
  if (typeof day !== 'string') return day.at.setZone(day.zone);
  // An instant without an offset is of UTC, and never of the host's zone.
  const at = DateTime.fromISO(day, { zone: 'utc', setZone: true });
  return at.zoneName === 'UTC' ? at.setZone(FRENCH_ZONE) : at;
}

/** Each row begins the day after the one before ends, and the last has no end: the program reads it for good. */
function refuseFaults(terms: readonly Term[]): void {
  for (const [place, { id, inForceFrom, inForceUntil }] of terms.entries()) {
    const next = terms[place + 1];
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
