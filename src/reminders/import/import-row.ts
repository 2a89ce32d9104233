import { boundedCell, LONGEST_CELL } from '../../people/import/import-heading.ts';
import {
  typedDate,
  couldBeMonthFirst,
  methodNamed,
  saysNo,
  type OwnWords,
} from '../../people/import/import-cell.ts';
import { longestBookingCell, type BookingColumns, type BookingField } from './import-columns.ts';
import type { SeriesKind } from '../series/series.ts';
import { partsTyped, typedStart, type StartCell, type StartFault } from './typed-start.ts';
import { visitStatus, type VisitStatus } from './visit-status.ts';

/** The rules for reading every row of a file of bookings. */
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
      readonly status: Exclude<VisitStatus, 'planned'>;
      readonly sourceRevision: number | undefined;
    }
  | { readonly kind: 'unreadable'; readonly code: string; readonly fields: readonly string[] };

/** Reads one row. */
export function readBookingRow(cells: readonly string[], rules: BookingRules): ImportedBooking {
  const row = new Row(cells, rules);
  const externalId = row.cell('externalId');
  const said = row.cell('status');
  const [endless] = row.faults;
  if (endless !== undefined) return { kind: 'unreadable', code: endless.code, fields: [endless.field] };
  const status = visitStatus(said, rules.values);
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

/** Split by the sign alone, then trimmed: a pattern that includes spaces scans a long run of them again and again. */
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
