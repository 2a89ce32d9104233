import { DateTime } from 'luxon';

const ZONE = 'Europe/Paris';
const HOLIDAYS = new Set([
  '2027-01-01',
  '2027-03-29',
  '2027-05-01',
  '2027-05-06',
  '2027-05-08',
  '2027-05-17',
]);
const FLOOR_MINUTES = 5;
const LEAD_MINUTES = 120;
const APART_HOURS = 12;
const MINUTE_MS = 60_000;

/** A text that must be sent: its kind, its event and its moment. */
export interface Owed {
  readonly says: 'reminder' | 'moved' | 'cancelled';
  readonly eventAt: number;
  readonly at: number;
}

/** The event as the last text named it. */
interface Told {
  readonly eventAt: number;
  readonly cancelled: boolean;
}

/** One booking with one reminder two days before, as a person with a calendar would keep it. */
export interface Model {
  /** Undefined before it is booked; kept when it is cancelled. */
  eventAt: number | undefined;
  cancelled: boolean;
  confirmed: boolean;
  stopped: boolean;
  /** True when somebody else has the booking by now. */
  isGone: boolean;
  changedAt: number;
  told: Told | undefined;
  /** True when a correction of this revision was owed and could not be sent. */
  impossible: boolean;
  /** True when the reminder of this revision was sent. */
  reminded: boolean;
  readonly departures: number[];
  /** Every text that must have been sent, in order. */
  readonly sent: Owed[];
}

export const aModel = (): Model => ({
  eventAt: undefined,
  cancelled: false,
  confirmed: false,
  stopped: false,
  isGone: false,
  changedAt: 0,
  told: undefined,
  impossible: false,
  reminded: false,
  departures: [],
  sent: [],
});

const local = (ms: number): DateTime => DateTime.fromMillis(ms, { zone: ZONE });

const isOpenDay = (at: DateTime): boolean => at.weekday !== 7 && !HOLIDAYS.has(at.toISODate() ?? '');

/** Minute by minute, from one moment on: the first that is open. */
function nextOpen(ms: number): number {
  for (let at = local(ms); ; at = at.plus({ minutes: 1 }).startOf('minute'))
    if (isOpenDay(at) && at.hour >= 8 && at.hour < 20) return at.toMillis();
}

/**
 * Two days before by the wall clock; on the last open day before that at the same hour, else at its last minute.
 *
 * What was booked too late for that leaves at the next open minute, while half of what was left is left.
 */
function reminderMoment(eventAt: number, changedAt: number, mayBeLate: boolean): number | undefined {
  const since = changedAt + FLOOR_MINUTES * MINUTE_MS;
  const onTime = plannedMoment(eventAt, since);
  if (onTime !== undefined || !mayBeLate) return onTime;
  const at = nextOpen(Math.ceil(since / MINUTE_MS) * MINUTE_MS);
  const isEnough = (eventAt - at) * 2 >= eventAt - changedAt && eventAt - at >= LEAD_MINUTES * MINUTE_MS;
  return isEnough ? at : undefined;
}

/** Events lie inside the hours of practices, so no wish lies before an opening. */
function plannedMoment(eventAt: number, since: number): number | undefined {
  const event = local(eventAt);
  const wished = event.minus({ days: 2 });
  let day = wished;
  while (!isOpenDay(day)) day = day.minus({ days: 1 });
  const sameHour = day.set({ hour: event.hour, minute: event.minute, second: 0, millisecond: 0 });
  const lastMinute = day.set({ hour: 19, minute: 59, second: 0, millisecond: 0 });
  if (wished.toMillis() < since) return undefined;
  const choices = day.toMillis() === wished.toMillis() ? [sameHour] : [sameHour, lastMinute];
  return choices.map((at) => at.toMillis()).find((at) => at >= since);
}

/** The booking as it is from now on. */
export function changeTo(
  model: Model,
  change: { readonly eventAt: number } | 'cancelled',
  now: number,
): void {
  if (change === 'cancelled') {
    if (model.cancelled) return;
    model.cancelled = true;
  } else {
    if (model.eventAt === change.eventAt && !model.cancelled) return;
    model.eventAt = change.eventAt;
    model.cancelled = false;
    model.confirmed = false;
    model.reminded = false;
  }
  model.changedAt = now;
  model.impossible = false;
}

const isTrue = (told: Told, { cancelled, eventAt }: Model): boolean =>
  cancelled ? told.cancelled : !told.cancelled && told.eventAt === eventAt;

/** Returns the event before which the person must be informed. */
function firstOf(told: Told, now: { readonly eventAt: number; readonly cancelled: boolean }): number {
  if (now.cancelled) return told.eventAt;
  return told.cancelled ? now.eventAt : Math.min(now.eventAt, told.eventAt);
}

/** Returns the correction owed now; undefined when the last text is true, or cannot be corrected any more. */
function correction(model: Model): Owed | undefined {
  const { told, eventAt, cancelled, changedAt, impossible } = model;
  if (told === undefined || eventAt === undefined || impossible || isTrue(told, model)) return undefined;
  if (told.eventAt <= changedAt) return undefined;
  const first = firstOf(told, { eventAt, cancelled });
  const at = nextOpen(changedAt + FLOOR_MINUTES * MINUTE_MS);
  if (at >= first - LEAD_MINUTES * MINUTE_MS) {
    model.impossible = true;
    return undefined;
  }
  return { says: cancelled ? 'cancelled' : 'moved', eventAt: cancelled ? told.eventAt : eventAt, at };
}

/** The reminder that is owed; nothing when it would come late, too near to another text, or to somebody who confirmed. */
function reminder(model: Model, corrected: Owed | undefined): Owed | undefined {
  const { eventAt, cancelled, confirmed, reminded, changedAt, departures } = model;
  if (eventAt === undefined || cancelled || confirmed || reminded) return undefined;
  const wasTold = model.sent.some((text) => text.eventAt > changedAt);
  const at = reminderMoment(eventAt, changedAt, !wasTold);
  if (eventAt <= changedAt || at === undefined) return undefined;
  const others = [...departures, ...(corrected === undefined ? [] : [corrected.at])];
  if (others.some((other) => Math.abs(other - at) < APART_HOURS * 60 * MINUTE_MS)) return undefined;
  return { says: 'reminder', eventAt, at };
}

/** Returns the next text to send, if any. */
function next(model: Model): Owed | undefined {
  if (model.stopped) return undefined;
  const corrected = correction(model);
  const candidates = [corrected, reminder(model, corrected)].filter((one) => one !== undefined);
  return candidates.toSorted((one, other) => one.at - other.at)[0];
}

/** Lets time pass: whatever is owed until then is sent. */
export function passUntil(model: Model, until: number): void {
  for (let owed = next(model); owed !== undefined && owed.at <= until; owed = next(model)) {
    model.sent.push(owed);
    model.departures.push(owed.at);
    model.told = { eventAt: owed.eventAt, cancelled: owed.says === 'cancelled' };
    if (owed.says === 'reminder') model.reminded = true;
  }
}

/** Words that only the right text has. */
export function words({ says, eventAt }: Owed): string {
  const event = local(eventAt);
  const day = event.setLocale('fr').toFormat('ccc dd/MM');
  const hour = event.toFormat("H'h'mm");
  switch (says) {
    case 'reminder':
      return `rappel de votre rendez-vous ${day} à ${hour}`;
    case 'moved':
      return `votre rendez-vous est déplacé au ${day} à ${hour}`;
    case 'cancelled':
      return `votre rendez-vous du ${event.toFormat('dd/MM')} à ${hour} est annulé`;
    default:
      return says satisfies never;
  }
}
