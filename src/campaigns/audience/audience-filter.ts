import { DateTime } from 'luxon';
import { plainHeading, type Attribute, type Person } from '../../people/index.ts';

/** The operators of conditions. */
export const FILTER_OPS = [
  'eq',
  'ne',
  'in',
  'notIn',
  'lt',
  'lte',
  'gt',
  'gte',
  'contains',
  'startsWith',
  'exists',
  'olderThanDays',
  'withinDays',
] as const;

/** One operator of a condition. */
export type FilterOp = (typeof FILTER_OPS)[number];

export type FilterValue = Attribute | readonly (string | number)[];

/** One condition on a person. */
export interface Condition {
  readonly field: string;
  readonly op: FilterOp;
  readonly value?: FilterValue | undefined;
}

/** People who meet all conditions, or any. */
export type AudienceFilter = { readonly all: readonly Condition[] } | { readonly any: readonly Condition[] };

/** The types of the fields that rows keep unencrypted; every other name is an attribute, which is sealed. */
export const CLEAR_FIELDS = {
  territory: 'territory',
  timeZone: 'timeZone',
  grantedAt: 'instant',
  lastInteractionAt: 'instant',
  createdAt: 'instant',
  lastReceivedAt: 'instant',
  receivedCampaign: 'campaign',
} as const;

/** A field that rows keep unencrypted. */
export type ClearField = keyof typeof CLEAR_FIELDS;

/** A condition that PostgreSQL can evaluate. */
export type ClearCondition = Condition & { readonly field: ClearField };

/** Says whether rows keep the field unencrypted. */
export const isClear = (condition: Condition): condition is ClearCondition =>
  Object.hasOwn(CLEAR_FIELDS, condition.field);

export const conditionsOf = (filter: AudienceFilter): readonly Condition[] =>
  'all' in filter ? filter.all : filter.any;

/** Says whether a person meets a condition on sealed data; `at` is an ISO instant. */
export function meets(person: Person, { field, op, value }: Condition, at: string): boolean {
  const known = knownOf(person, field);
  if (op === 'exists') return (known !== undefined) === (value ?? true);
  if (op === 'ne' || op === 'notIn') return !anyOf(value).some((one) => isSame(known, one));
  return known !== undefined && value !== undefined && TESTS[op]({ known, value, at });
}

interface Compared {
  readonly known: Attribute;
  readonly value: FilterValue;
  readonly at: string;
}

const isOneOf = ({ known, value }: Compared): boolean => anyOf(value).some((one) => isSame(known, one));

const TESTS: Readonly<Record<Exclude<FilterOp, 'exists' | 'ne' | 'notIn'>, (one: Compared) => boolean>> = {
  eq: isOneOf,
  in: isOneOf,
  contains: ({ known, value }) => plain(known).includes(plain(value)),
  startsWith: ({ known, value }) => plain(known).startsWith(plain(value)),
  lt: ({ known, value }) => orderOf(known, value) < 0,
  lte: ({ known, value }) => orderOf(known, value) <= 0,
  gt: ({ known, value }) => orderOf(known, value) > 0,
  gte: ({ known, value }) => orderOf(known, value) >= 0,
  olderThanDays: (one) => ageOf(one) === 'older',
  withinDays: (one) => ageOf(one) === 'within',
};

function knownOf({ attributes, ...person }: Person, field: string): Attribute | undefined {
  if (field === 'firstName' || field === 'lastName' || field === 'birthDate') return person[field];
  const name = field.replace(/^attributes\./, '');
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const same = Object.keys(attributes).find((other) => plainHeading(other) === plainHeading(name));
  return same === undefined ? undefined : attributes[same];
}

const anyOf = (value: FilterValue | undefined): readonly Attribute[] =>
  value === undefined ? [] : typeof value === 'object' ? value : [value];

function isSame(known: Attribute | undefined, value: Attribute): boolean {
  if (known === undefined) return false;
  if (typeof value === 'boolean') return yes(known) === value;
  return typeof value === 'number' ? numberIn(known) === value : plain(known) === plain(value);
}

const YES = new Set(['true', 'oui', 'yes', 'vrai', '1']);
const yes = (known: Attribute): boolean => (typeof known === 'boolean' ? known : YES.has(plain(known)));

/** Parses a number with a decimal comma or point. */
const numberIn = (known: Attribute): number =>
  typeof known === 'number' ? known : Number(String(known).trim().replace(',', '.') || Number.NaN);

/** Compares numbers as numbers, dates as dates, anything else as text; NaN where they are not comparable. */
function orderOf(known: Attribute, value: FilterValue): number {
  if (typeof value === 'number') return numberIn(known) - value;
  const asked = String(value);
  const [one, other] = [dateIn(known, DAY.test(asked)), dateIn(asked)];
  if (one !== undefined && other !== undefined) return one - other;
  const apart = numberIn(known) - numberIn(asked);
  return Number.isNaN(apart) ? plain(known).localeCompare(plain(asked)) : apart;
}

const DAY = /^(\d{4}-\d{2}-\d{2}|\d{2}\/\d{2}\/\d{4})$/;

/** Parses a date; for a comparison by day, without the hour. */
function dateIn(known: Attribute, isByDay = false): number | undefined {
  const text = String(known).replace(/^(\d{2})\/(\d{2})\/(\d{4})(?!\d)/, '$3-$2-$1');
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  return Date.parse(isByDay ? text.slice(0, 10) : text);
}

/** Says whether a date lies before the last so many days, or within them; a future date does neither. */
function ageOf({ known, value, at }: Compared): 'older' | 'within' | undefined {
  const date = dateIn(known);
  if (date === undefined || date > Date.parse(at)) return undefined;
  return date <
    DateTime.fromISO(at)
      .minus({ days: Number(value) })
      .toMillis()
    ? 'older'
    : 'within';
}

/** Normalizes a text: case and accents do not count. */
const plain = (text: unknown): string =>
  String(text)
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .trim()
    .toLowerCase();
