import { DateTime } from 'luxon';
import { couldBeMonthFirst, typedDate, type TypedDate } from '../../people/import/import-cell.ts';
import type { BookingField } from './import-columns.ts';

/** A cell with a start. */
export interface StartCell {
  readonly field: BookingField;
  readonly text: string;
  /** True when the dates of its column have the month first. */
  readonly isMonthFirst: boolean;
}

/** The reason why a start is unknown. */
export interface StartFault {
  readonly code: string;
  readonly field: BookingField;
}

/** A local time as `yyyy-MM-ddTHH:mm`, with the offset where one was typed; or the reason why there is none. */
export type TypedStart = { readonly at: string } | { readonly fault: StartFault };

interface Part {
  readonly field: BookingField;
  readonly day?: string;
  readonly hour?: string;
  /** An instant with an offset of its own. */
  readonly instant?: string;
}

/** Reads one start from the cells of a row, a day and an hour each once; contradictory cells are no start. */
export function typedStart(cells: readonly StartCell[]): TypedStart {
  const parts: Part[] = [];
  for (const cell of cells) {
    const read = partOf(cell);
    if ('code' in read) return { fault: read };
    parts.push(read);
  }
  const [alone] = parts;
  if (parts.length === 1 && alone?.instant !== undefined) return { at: alone.instant };
  return joined(parts, cells.at(0)?.field ?? 'startsAt');
}

function joined(parts: readonly Part[], field: BookingField): TypedStart {
  const days = new Set(parts.flatMap(({ day }) => day ?? []));
  const typedHours = parts.flatMap(({ hour }) => hour ?? []);
  // A spreadsheet shows a day without an hour as its midnight.
  const awake = typedHours.filter((hour) => hour !== MIDNIGHT);
  const hours = new Set(awake.length > 0 ? awake : typedHours);
  const [[day], [hour]] = [[...days], [...hours]];
  const clashing = parts.at(-1)?.field ?? field;
  if (days.size > 1 || hours.size > 1) return { fault: { code: 'DATES_CONTRADICT', field: clashing } };
  if (day === undefined) return { fault: { code: 'DATE_MISSING', field } };
  return hour === undefined ? { fault: { code: 'HOUR_MISSING', field } } : { at: `${day}T${hour}` };
}

const MIDNIGHT = '00:00';

/** A spreadsheet's number of a day: nobody can read it. */
const SERIAL_DAY = /^\d{5}(?:[.,]\d+)?$/;

function partOf({ field, text, isMonthFirst }: StartCell): Part | StartFault {
  if (looksLikeHour(text)) {
    const hour = typedHour(text);
    return hour === undefined ? { code: 'HOUR_INVALID', field } : { field, hour };
  }
  if (field === 'startHour' && !/[/-]/.test(text)) return { code: 'HOUR_INVALID', field };
  if (SERIAL_DAY.test(text)) return { code: 'DATE_IS_NUMBER', field };
  // A typed wall time has no zone: it is read in the zone of the booking.
  const read = typedDate(text, 'utc');
  if (read.kind === 'unreadable') return { code: read.code, field };
  if (isMonthFirst && couldBeMonthFirst(text)) return { code: 'DATE_AMBIGUOUS', field };
  return { field, ...partsTyped(text, read) };
}

/** Returns `HH:mm`; undefined when it is no hour of a day. */
export function typedHour(text: string): string | undefined {
  const cell = text.trim();
  const colon = COLON.exec(cell);
  if (colon !== null) return onClock(halfDay(Number(colon[1]), colon[4]), Number(colon[2]));
  const french = FRENCH.exec(cell);
  if (french !== null) return onClock(Number(french[1]), Number(french[2] ?? 0));
  return SERIAL.test(cell) ? ofDay(Number(cell.replace(',', '.'))) : undefined;
}

/** Says whether a cell is an hour alone. */
const looksLikeHour = (text: string): boolean =>
  /^\d{1,2}\s*[:h]/i.test(text.trim()) || SERIAL.test(text.trim());

/** `8:30`, `08:30:00`, `8:30 AM`. */
const COLON = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s?(?:([ap])\.?m\.?)?$/i;
/** `08h30`, `14 h`, `9 heures 15`. */
const FRENCH = /^(\d{1,2})\s?h(?:eures?)?\s?(\d{2})?$/i;
/** A spreadsheet's stored form of an hour: a fraction of the day. */
const SERIAL = /^0[.,]\d{1,17}$/;

const DAY_MINUTES = 24 * 60;
/** The tolerance within which a fraction of a day is a minute. */
const OFF_MINUTES = 0.02;

function ofDay(part: number): string | undefined {
  const minutes = part * DAY_MINUTES;
  const whole = Math.round(minutes);
  return Math.abs(minutes - whole) > OFF_MINUTES ? undefined : onClock(Math.floor(whole / 60), whole % 60);
}

/** Returns the hour of a whole day; 99 for one that no clock of twelve hours shows. */
function halfDay(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 99;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

const onClock = (hour: number, minute: number): string | undefined =>
  hour > 23 || minute > 59
    ? undefined
    : `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;

/** Returns the day of a date, with its hour and its instant where an hour and an offset were typed. */
export function partsTyped(
  text: string,
  { on: day, at }: Pick<Extract<TypedDate, { kind: 'date' }>, 'on' | 'at'>,
): { readonly day: string; readonly hour?: string; readonly instant?: string } {
  if (!/\d\s*[:hH]/.test(text)) return { day };
  const hour = DateTime.fromISO(at, { setZone: true }).toFormat('HH:mm');
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  return { day, hour, ...(hasOffset ? { instant: at } : {}) };
}
