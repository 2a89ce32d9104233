import fc from 'fast-check';
import { DateTime } from 'luxon';
import { assert } from 'vitest';
import { confirmBooking, closePractice } from '../../../src/reminders/booking/appointment-order.ts';
import type { AppointmentGiven } from '../../../src/reminders/booking/bookings.ts';
import { orderSeries } from '../../../src/reminders/series/series-order.ts';
import { practiceNameIndexes } from '../../../src/company/practices/practice.repository.ts';
import type { LogLine } from '../../support/operator.ts';
import { aBooking, type Clinic } from '../series/clinic.ts';
import { changeTo, passUntil, words, type Model } from '../series/series-model.ts';

/** The points at which a process dies. */
export type Crash = 'none' | 'before the text' | 'before the mark' | 'after the answer' | 'two at once';

/** One booking in the real system, and how its workflow is played. */
export interface Real {
  readonly clinic: Clinic;
  readonly booking: AppointmentGiven;
  seriesId: string | undefined;
  /** Moves the law clock to an instant; everything that falls due meanwhile is done. */
  live(until: string, crash: Crash): Promise<void>;
}

type Command = fc.AsyncCommand<Model, Real>;

const ZONE = 'Europe/Paris';
const HOURS = ['09:15', '11:15', '15:15', '17:45'] as const;

const nowOf = ({ clinic }: Real): number => clinic.clock.now().toMillis();

/** A day counted from today, at an hour of the practice. */
const slotOf = (real: Real, { days, hour }: Slot): string =>
  `${real.clinic.clock.now().setZone(ZONE).plus({ days }).toISODate()}T${hour}`;

interface Slot {
  readonly days: number;
  readonly hour: string;
}

const instantOf = (wall: string): number => DateTime.fromISO(wall, { zone: ZONE }).toMillis();

async function put(real: Real, startsAt: string, reopen = false): Promise<void> {
  const { series } = await real.clinic.book({ ...real.booking, startsAt, reopen });
  real.seriesId = series.id;
}

/** Books or moves the appointment; repeating it changes nothing. */
class Book implements Command {
  readonly slot: Slot;
  constructor(slot: Slot) {
    this.slot = slot;
  }
  check = ({ eventAt, isGone }: Readonly<Model>): boolean =>
    !isGone && (eventAt !== undefined || this.slot.days > 0);
  async run(model: Model, real: Real): Promise<void> {
    const startsAt = slotOf(real, this.slot);
    await put(real, startsAt, model.cancelled);
    changeTo(model, { eventAt: instantOf(startsAt) }, nowOf(real));
  }
  toString = (): string => `book(${this.slot.days} days, ${this.slot.hour})`;
}

/** Two clients move the appointment at the same moment: the last one counts. */
class BookTwice implements Command {
  readonly slots: readonly [Slot, Slot];
  constructor(slots: readonly [Slot, Slot]) {
    this.slots = slots;
  }
  check = ({ eventAt, cancelled }: Readonly<Model>): boolean => eventAt !== undefined && !cancelled;
  async run(model: Model, real: Real): Promise<void> {
    const wishes = this.slots.map((slot) => slotOf(real, slot));
    await Promise.all(wishes.map((startsAt) => put(real, startsAt)));
    const { startsAt } = await real.clinic.view(real.seriesId ?? '');
    changeTo(model, { eventAt: Date.parse(startsAt ?? '') }, nowOf(real));
  }
  toString = (): string => `bookTwice(${this.slots.map(({ days, hour }) => `${days} ${hour}`).join(' | ')})`;
}

class Cancel implements Command {
  check = ({ eventAt, isGone }: Readonly<Model>): boolean => eventAt !== undefined && !isGone;
  async run(model: Model, real: Real): Promise<void> {
    await real.clinic.cancel(real.booking.externalId);
    changeTo(model, 'cancelled', nowOf(real));
  }
  toString = (): string => 'cancel';
}

/** Gives the booking to somebody else: for its former person it is off. */
class GiveAway implements Command {
  readonly slot: Slot;
  constructor(slot: Slot) {
    this.slot = slot;
  }
  check = ({ eventAt, isGone }: Readonly<Model>): boolean => eventAt !== undefined && !isGone;
  async run(model: Model, real: Real): Promise<void> {
    const contact = { phone: aNumberOfTheirs(), firstName: 'Paul', lastName: 'Autre' };
    const startsAt = slotOf(real, this.slot);
    const how = { replaceContact: true, reopen: model.cancelled };
    await real.clinic.book({ ...real.booking, ...how, contact, startsAt });
    changeTo(model, 'cancelled', nowOf(real));
    model.isGone = true;
  }
  toString = (): string => `giveAway(${this.slot.days} days, ${this.slot.hour})`;
}

/** Closes the practice for some days; people informed of an appointment on them get a message. */
class Close implements Command {
  readonly days: number;
  constructor(days: number) {
    this.days = days;
  }
  check = ({ eventAt, isGone, stopped }: Readonly<Model>): boolean =>
    eventAt !== undefined && !isGone && !stopped;
  async run(model: Model, real: Real): Promise<void> {
    const now = nowOf(real);
    const eventAt = model.eventAt ?? now;
    const until = DateTime.fromMillis(now, { zone: ZONE }).plus({ days: this.days }).endOf('day').toMillis();
    await closed(real, { action: 'cancel', from: now, to: until });
    if (eventAt >= now && eventAt <= until) changeTo(model, 'cancelled', now);
  }
  toString = (): string => `close(${this.days} days)`;
}

/** Pauses a practice, and reopens it before anything was due. */
class Hold implements Command {
  check = ({ eventAt, isGone }: Readonly<Model>): boolean => eventAt !== undefined && !isGone;
  async run(_model: Model, real: Real): Promise<void> {
    const { clinic, seriesId = '' } = real;
    const now = nowOf(real);
    await closed(real, { action: 'pause', from: now - YEAR_MS, to: now + YEAR_MS });
    const { state } = await clinic.view(seriesId);
    if (state !== 'paused') return;
    const resumed = { seriesId, order: 'resume', actor: 'key:test' } as const;
    await clinic.within((tx) => orderSeries(tx, clinic.deps, resumed));
  }
  toString = (): string => 'hold';
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** Closes the practice of this booking alone: nobody else has its name. */
const closed = (
  { clinic, booking }: Real,
  { action, from, to }: { readonly action: 'cancel' | 'pause'; readonly from: number; readonly to: number },
): Promise<unknown> =>
  clinic.within((tx) => {
    const nameIndexes = practiceNameIndexes(clinic.deps.keys, booking.practice);
    const [begins, ends] = [from, to].map((ms) => new Date(ms).toISOString());
    const closure = { practice: { id: null, nameIndexes }, from: begins, to: ends, action };
    return closePractice(tx, clinic.deps, { ...closure, actor: 'key:test', reason: undefined });
  });

class Confirm implements Command {
  check = ({ eventAt, cancelled }: Readonly<Model>): boolean => eventAt !== undefined && !cancelled;
  async run(model: Model, { clinic, booking }: Real): Promise<void> {
    const { externalId } = booking;
    const named = { kind: 'appointment', source: 'default', externalId, actor: 'key:test' } as const;
    await clinic.within((tx) => confirmBooking(tx, clinic.deps, named));
    model.confirmed = true;
  }
  toString = (): string => 'confirm';
}

class Stop implements Command {
  check = ({ eventAt, stopped }: Readonly<Model>): boolean => eventAt !== undefined && !stopped;
  async run(model: Model, { clinic, booking }: Real): Promise<void> {
    await clinic.stop(e164(booking));
    model.stopped = true;
  }
  toString = (): string => 'STOP';
}

/** The host's clock is three hours ahead and in doubt: orders given then count from when they were given. */
class InDoubt implements Command {
  readonly slot: Slot | 'cancel';
  constructor(slot: Slot | 'cancel') {
    this.slot = slot;
  }
  check = ({ eventAt, isGone }: Readonly<Model>): boolean => eventAt !== undefined && !isGone;
  async run(model: Model, real: Real): Promise<void> {
    const now = nowOf(real);
    const startsAt = this.slot === 'cancel' ? undefined : slotOf(real, this.slot);
    await real.clinic.inDoubt(AHEAD_MS, async () => {
      if (startsAt === undefined) await real.clinic.cancel(real.booking.externalId);
      else await put(real, startsAt, model.cancelled);
    });
    changeTo(model, startsAt === undefined ? 'cancelled' : { eventAt: instantOf(startsAt) }, now);
  }
  toString = (): string =>
    `inDoubt(${this.slot === 'cancel' ? 'cancel' : `${this.slot.days} days, ${this.slot.hour}`})`;
}

const AHEAD_MS = 3 * 3_600_000;

/** Lets time pass; a process may die at its first act. */
class Clock implements Command {
  readonly hours: number;
  readonly crash: Crash;
  constructor(hours: number, crash: Crash) {
    this.hours = hours;
    this.crash = crash;
  }
  check = ({ eventAt }: Readonly<Model>): boolean => eventAt !== undefined;
  async run(model: Model, real: Real): Promise<void> {
    const until = nowOf(real) + this.hours * 3_600_000;
    await real.live(DateTime.fromMillis(until, { zone: ZONE }).toISO() ?? '', this.crash);
    passUntil(model, until);
    await compare(model, real);
  }
  toString = (): string => `clock(+${this.hours} h${this.crash === 'none' ? '' : `, dies ${this.crash}`})`;
}

const slots = fc.record({ days: fc.integer({ min: -1, max: 12 }), hour: fc.constantFrom(...HOURS) });
const ahead = fc.record({ days: fc.integer({ min: 1, max: 12 }), hour: fc.constantFrom(...HOURS) });
const crashes = fc.constantFrom<Crash>(
  'none',
  'none',
  'before the text',
  'before the mark',
  'after the answer',
  'two at once',
);

/** The beginning of every story. */
export const booked = ahead.map((slot) => new Book(slot));

const pass = (min: number, max: number): fc.Arbitrary<Clock> =>
  fc.tuple(fc.integer({ min, max }), crashes).map(([hours, crash]) => new Clock(hours, crash));

/** The commands that may happen to one booking; most often time passes. */
export const happenings: fc.Arbitrary<Command>[] = [
  booked,
  booked,
  booked,
  slots.map((slot) => new Book(slot)),
  fc.tuple(ahead, ahead).map((pair) => new BookTwice(pair)),
  fc.constant(new Cancel()),
  ahead.map((slot) => new GiveAway(slot)),
  ahead.map((slot) => new InDoubt(slot)),
  fc.constant(new InDoubt('cancel')),
  fc.integer({ min: 0, max: 12 }).map((days) => new Close(days)),
  fc.constant(new Hold()),
  fc.constant(new Confirm()),
  fc.constant(new Stop()),
  pass(1, 12),
  pass(1, 48),
  pass(12, 90),
  pass(24, 90),
  pass(24, 200),
  pass(48, 200),
];

/** The latest time at which a text may be sent on a busy machine; the clock runs on meanwhile. */
const LATE_MS = 90_000;

/** Expects every owed text to be sent once, in order, at its moment; and no other. */
async function compare(model: Model, real: Real): Promise<void> {
  const got = (await received(real)).map(({ text, lawAt }) => ({ text, at: Date.parse(lawAt) }));
  const owed = model.sent.map((one) => `${stamp(one.at)} ${words(one)}`);
  const seen = got.map(
    ({ text, at }, turn) => `${stamp(momentOf(at, model.sent[turn]?.at))} ${saidIn(text)}`,
  );
  assert.deepEqual(seen, owed);
}

/** Returns the owed moment where the text was sent then or a little later, else the actual one. */
const momentOf = (at: number, owed: number | undefined): number =>
  owed !== undefined && at >= owed && at < owed + LATE_MS ? owed : at;

const stamp = (ms: number): string => DateTime.fromMillis(ms, { zone: ZONE }).toFormat('yyyy-MM-dd HH:mm');

const saidIn = (text: string): string =>
  /(rappel de votre rendez-vous .*? à \d+h\d\d|votre rendez-vous (?:est déplacé au .*? à \d+h\d\d|du .*? est annulé))/.exec(
    text,
  )?.[0] ?? text;

const e164 = ({ contact }: AppointmentGiven): string => `+33${contact?.phone.replaceAll(' ', '').slice(1)}`;

async function received({ clinic, booking }: Real): Promise<LogLine[]> {
  const to = e164(booking);
  return (await clinic.received()).filter((line) => line.to === to);
}

/** A person and a booking of their own. */
export const aRealBooking = (): AppointmentGiven => {
  const phone = aNumberOfTheirs();
  const letters = String(people).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
  return aBooking({ contact: { phone }, practice: `Cabinet ${letters}` });
};

let people = 0;
const aNumberOfTheirs = (): string => {
  people += 1;
  return `06 39 98 ${String(people + 1_000).replace(/(..)(..)/, '$1 $2')}`;
};
