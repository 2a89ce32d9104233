import { DateTime } from 'luxon';
import {
  boundedCell,
  LONGEST_CELL,
  typedDate,
  couldBeMonthFirst,
  methodNamed,
  saysNo,
  type OwnWords,
  type TypedDate,
} from '../../reading/index.ts';
import { longestBookingCell, visitStatus, type BookingColumns, type BookingField } from './import-columns.ts';
import type { SeriesKind } from '../series/series.ts';

export interface BookingRules {
  readonly kind: SeriesKind;
  readonly headings: readonly string[];
  readonly columns: BookingColumns;
  /** Positions of dates with the month first. */
  readonly monthFirst: readonly number[];
  readonly defaults: Readonly<Record<string, string>>;
  readonly values: OwnWords;
  /** True when cancelled bookings are reopened. */
  readonly reopen: boolean;
}

/** A row's content as the body of its PUT, or its faults. */
export type ImportedBooking =
  | { readonly kind: 'row'; readonly externalId: string; readonly body: Readonly<Record<string, unknown>> }
  /** Nobody is expected: whatever else the row says, nothing of it is reminded of. */
  | {
      readonly kind: 'calledOff';
      readonly externalId: string;
      readonly status: 'cancelled' | 'absent';
      readonly sourceRevision: number | undefined;
    }
  | { readonly kind: 'unreadable'; readonly code: string; readonly fields: readonly string[] };

export function readBookingRow(cells: readonly string[], rules: BookingRules): ImportedBooking {
  const row = new Row(cells, rules);
  const externalId = row.cell('externalId');
  const typed = row.cell('status');
  const [tooLong] = row.faults;
  if (tooLong !== undefined) return { kind: 'unreadable', code: tooLong.code, fields: [tooLong.field] };
  const status = visitStatus(typed, rules.values);
  if (status === undefined) return { kind: 'unreadable', code: 'STATUS_UNKNOWN', fields: ['status'] };
  if (status !== 'planned') {
    const revision = numberOf(row.text('sourceRevision'));
    const sourceRevision = Number.isSafeInteger(revision) ? revision : undefined;
    return { kind: 'calledOff', externalId, status, sourceRevision };
  }
  const body = withoutGaps({ ...common(row), ...OWN[rules.kind](row) });
  const [fault] = row.faults;
  if (fault !== undefined) return { kind: 'unreadable', code: fault.code, fields: [fault.field] };
  return { kind: 'row', externalId, body };
}

class Row {
  readonly faults: { readonly code: string; readonly field: string }[] = [];
  readonly #cells: readonly string[];
  readonly rules: BookingRules;

  constructor(cells: readonly string[], rules: BookingRules) {
    this.#cells = cells;
    this.rules = rules;
  }

  cell(field: BookingField): string {
    const places = this.rules.columns.fields[field] ?? [];
    const found = places
      .map((at) => boundedCell(this.#cells[at], longestBookingCell(field)))
      .find(({ text }) => text !== '');
    if (found?.isCut === true) this.faults.push({ code: 'CELL_TOO_LONG', field });
    return found?.text ?? (this.rules.defaults[field] ?? '').trim();
  }

  /** Undefined for an empty cell. */
  text(field: BookingField): string | undefined {
    const cell = this.cell(field);
    return cell === '' ? undefined : cell;
  }

  /** Reads a day, or a local time when an hour was typed. */
  moment(field: BookingField, cell = this.cell(field)): string | undefined {
    if (cell === '') return undefined;
    const isAmbiguous = this.isMonthFirst(field) && couldBeMonthFirst(cell);
    // A typed wall time has no zone: it is read in the zone of the booking.
    const read = isAmbiguous
      ? ({ kind: 'unreadable', code: 'DATE_AMBIGUOUS' } as const)
      : typedDate(cell, 'utc');
    if (read.kind === 'unreadable') {
      this.faults.push({ code: read.code, field });
      return undefined;
    }
    const { day, hour, instant } = partsTyped(cell, read);
    return instant ?? (hour === undefined ? day : `${day}T${hour}`);
  }

  isMonthFirst(field: BookingField): boolean {
    const places = this.rules.columns.fields[field] ?? [];
    return places.some((at) => this.rules.monthFirst.includes(at));
  }

  /** Reads the local start, from one cell or from a day and an hour in two. */
  start(): string | undefined {
    const cells = STARTS.flatMap((field): StartCell[] => {
      const text = this.cell(field);
      return text === '' ? [] : [{ field, text, isMonthFirst: this.isMonthFirst(field) }];
    });
    const start = typedStart(cells);
    if ('at' in start) return start.at;
    this.faults.push({ code: start.fault.code, field: this.lacking(start.fault) });
    return undefined;
  }

  /** Returns the field for a missing value, where the file has a column for it. */
  lacking({ code, field }: StartFault): BookingField {
    const { fields } = this.rules.columns;
    if (code === 'HOUR_MISSING' && fields.startHour !== undefined) return 'startHour';
    return code === 'DATE_MISSING' && fields.startsOn !== undefined ? 'startsOn' : field;
  }

  evidence(): Record<string, string> | undefined {
    const evidence = this.rules.columns.evidence.flatMap(({ name, at }) => {
      const { text, isCut } = boundedCell(this.#cells[at], LONGEST_CELL.evidence);
      if (isCut) this.faults.push({ code: 'CELL_TOO_LONG', field: `evidence.${name}` });
      return text === '' ? [] : [[name, text] as const];
    });
    return evidence.length === 0 ? undefined : Object.fromEntries(evidence);
  }
}

const STARTS = ['startsOn', 'startsAt', 'startHour'] as const;

/** Splits by the sign alone, then trims: a pattern with spaces would scan a long run of them again and again. */
const partsOf = (text: string | undefined): string[] | undefined =>
  text?.split('|').map((part) => part.trim());

const common = (row: Row): Record<string, unknown> => ({
  contact: withoutGaps({
    phone: row.cell('phone'),
    region: row.text('region'),
    territory: row.text('territory'),
    postalCode: row.text('postalCode'),
    timeZone: row.text('timeZone'),
    firstName: row.text('firstName'),
    lastName: row.text('lastName'),
    birthDate: row.moment('birthDate'),
    ref: row.text('personRef'),
  }),
  practice: row.text('practice'),
  consent: consentOf(row),
  reminders: partsOf(row.text('reminders')),
  text: row.text('text'),
  sender: row.text('sender'),
  gateway: row.text('gateway'),
  sourceRevision: numberOf(row.text('sourceRevision')),
});

function consentOf(row: Row): Record<string, unknown> | undefined {
  const grantedAt = row.moment('grantedAt');
  if (grantedAt === undefined) return undefined;
  const named = row.text('method');
  const method = named === undefined ? undefined : methodNamed(named, row.rules.values);
  if (named !== undefined && method === undefined)
    row.faults.push({ code: 'METHOD_UNKNOWN', field: 'method' });
  const [wording, wordingId, evidence] = [row.text('wording'), row.text('wordingId'), row.evidence()];
  return withoutGaps({ grantedAt, method, wording, wordingId, evidence });
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

const yesOf = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : !saysNo(text);

const OWN: Readonly<Record<SeriesKind, (row: Row) => Record<string, unknown>>> = {
  appointment: (row) => ({ startsAt: row.start(), place: row.text('place') }),
  subscription: (row) => ({
    renewsOn: row.moment('renewsOn'),
    refuseBy: row.moment('refuseBy'),
    service: row.text('service'),
    legalNoticeRef: row.text('legalNoticeRef'),
    tacitRenewal: yesOf(row.text('tacitRenewal')),
    regime: row.text('regime'),
  }),
  'payment-plan': (row) => ({
    label: row.text('label'),
    announce: yesOf(row.text('announce')),
    instalments: row
      .text('instalments')
      ?.split('|')
      .map((cell, index) => ({
        number: index + 1,
        dueOn: row.moment('instalments', cell.trim()),
        amount: amountOf(row.cell('amount')),
        currency: row.text('currency') ?? 'EUR',
      })),
  }),
};

/** Normalizes an amount: « 1 249,50 € » is `1249.50`. */
const amountOf = (cell: string): string => cell.replaceAll(/[\s€]/g, '').replace(',', '.');

function withoutGaps(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface StartCell {
  readonly field: BookingField;
  readonly text: string;
  /** True when the dates of its column have the month first. */
  readonly isMonthFirst: boolean;
}

interface StartFault {
  readonly code: string;
  readonly field: BookingField;
}

/** A local time as `yyyy-MM-ddTHH:mm`, with the offset where one was typed; or the reason why there is none. */
type TypedStart = { readonly at: string } | { readonly fault: StartFault };

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
  const otherHours = typedHours.filter((hour) => hour !== MIDNIGHT);
  const hours = new Set(otherHours.length > 0 ? otherHours : typedHours);
  const [[day], [hour]] = [[...days], [...hours]];
  const clashing = parts.at(-1)?.field ?? field;
  if (days.size > 1 || hours.size > 1) return { fault: { code: 'DATES_CONTRADICT', field: clashing } };
  if (day === undefined) return { fault: { code: 'DATE_MISSING', field } };
  return hour === undefined ? { fault: { code: 'HOUR_MISSING', field } } : { at: `${day}T${hour}` };
}

const MIDNIGHT = '00:00';

/** A spreadsheet's number of a day, which nobody can check. */
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

/** Matches `8:30`, `08:30:00`, `8:30 AM`. */
const COLON = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s?(?:([ap])\.?m\.?)?$/i;

/** Matches `08h30`, `14 h`, `9 heures 15`. */
const FRENCH = /^(\d{1,2})\s?h(?:eures?)?\s?(\d{2})?$/i;

/** A spreadsheet's stored form of an hour: a fraction of the day. */
const SERIAL = /^0[.,]\d{1,17}$/;

const DAY_MINUTES = 24 * 60;

/** A fraction of the day counts as a whole minute within this tolerance, in minutes. */
const OFF_MINUTES = 0.02;

function ofDay(part: number): string | undefined {
  const minutes = part * DAY_MINUTES;
  const whole = Math.round(minutes);
  return Math.abs(minutes - whole) > OFF_MINUTES ? undefined : onClock(Math.floor(whole / 60), whole % 60);
}

/** Returns the hour of the day; 99 for one that no clock of twelve hours shows. */
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
function partsTyped(
  text: string,
  { on: day, at }: Pick<Extract<TypedDate, { kind: 'date' }>, 'on' | 'at'>,
): { readonly day: string; readonly hour?: string; readonly instant?: string } {
  if (!/\d\s*[:hH]/.test(text)) return { day };
  const hour = DateTime.fromISO(at, { setZone: true }).toFormat('HH:mm');
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  return { day, hour, ...(hasOffset ? { instant: at } : {}) };
}
