import { AMONG } from '../../rule/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { sql, type RawBuilder } from 'kysely';
import { BEFORE_ALL, type Transaction, col, CopyRows, type RowOf, rowsOf } from '../../platform/index.ts';
import type { SeriesKind } from '../../reminders/index.ts';
import { type Person, plainHeading, unaccented, type Attribute } from '../../person/index.ts';
import { DateTime } from 'luxon';

/** People who expect an event of a kind within a period; each is written to once, however many they expect. */
export interface SeriesAudience {
  readonly kind: SeriesKind;
  /** The id of a stored practice. */
  readonly practiceId?: string | undefined;
  /** Hexadecimal blind indexes of the practice's name, for bookings that gave its name alone; not stored. */
  readonly practiceIndexes?: readonly string[] | undefined;
  /** ISO instants. */
  readonly eventFrom: string;
  readonly eventTo: string;
  /** The name of the contract, as bookings give it. */
  readonly service?: string | undefined;
}

/** People to leave out of the audience. */
export type Exclusion =
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** People whom that campaign reached, or is about to reach. */
  | { readonly servedBy: string };

/** The audience of a campaign as its author chose it, and the people to leave out. */
export type Audience = { readonly exclude?: readonly Exclusion[] | undefined } & (
  | { readonly all: true }
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** People whom that campaign did not reach: its excluded, failed and expired messages. */
  | { readonly notServedBy: string }
  /** People whose agreement will soon expire, who are asked whether it still holds. */
  | { readonly reconfirm: true }
  /** People who expect an event: the audience of a notice. */
  | { readonly series: SeriesAudience }
  | { readonly filter: AudienceFilter }
  /** People whom a filter on sealed attributes has selected in this transaction (`pickedContacts`). */
  | { readonly picked: true }
);

/** Says whether sealed data must be opened to select the audience. */
export const needsSealed = (audience: Audience): boolean =>
  ('filter' in audience && !conditionsOf(audience.filter).every(isClear)) ||
  ('series' in audience && audience.series.service !== undefined);

/** Replaces a filter on sealed attributes by the people whom it selects, so that SQL can join them in this transaction. */
export async function pickedAudience(
  tx: Transaction,
  keysOf: () => Promise<TenantKeys>,
  { audience, at }: { readonly audience: Audience; readonly at: string },
): Promise<Audience> {
  if (!('filter' in audience) || conditionsOf(audience.filter).every(isClear)) return audience;
  await pickContacts(tx, await keysOf(), { filter: audience.filter, at });
  return { picked: true, exclude: audience.exclude };
}

/** Only advertising has filters. */
const PURPOSE = 'marketing';

/** Selects the contacts that meet a filter on unencrypted fields. */
export const membersByFilter = (filter: AudienceFilter, at: string): RawBuilder<unknown> => {
  const clear = conditionsOf(filter).filter(isClear);
  return sql`
    SELECT c.id AS contact_id FROM ${people(clear)}
     WHERE c.retired_at IS NULL AND (${sql.join(conditionsSql(clear, at), 'all' in filter ? sql` AND ` : sql` OR `)})`;
};

/** Joins contacts with what the conditions read: the consent, and when messages last reached them. */
const people = (conditions: readonly ClearCondition[]): RawBuilder<unknown> => sql`
  contact c
  LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${PURPOSE}
  ${conditions.some(({ field }) => field === 'lastReceivedAt') ? reachedJoin('r', sql`true`) : sql``}
  ${sql.join(
    conditions.map((condition, index) =>
      condition.field === 'receivedCampaign'
        ? reachedJoin(`r${index}`, sql`b.campaign_id = ANY(${valuesOf(condition)}::uuid[])`)
        : sql``,
    ),
    sql` `,
  )}`;

/** Joins the people whom campaigns reached, with the last time of each, under a name. */
const reachedJoin = (name: string, among: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  LEFT JOIN (
    SELECT m.contact_id, max(m.accepted_at) AS at FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE b.kind = 'campaign' AND m.accepted_at IS NOT NULL AND ${among} GROUP BY m.contact_id) ${sql.raw(name)}
  ON ${sql.raw(name)}.contact_id = c.id`;

const valuesOf = ({ value }: Condition): string[] =>
  Array.isArray(value) ? value.map(String) : [String(value)];

const COLUMNS: Readonly<Record<Exclude<ClearCondition['field'], 'receivedCampaign'>, RawBuilder<unknown>>> = {
  territory: sql`c.territory`,
  timeZone: sql`c.time_zone`,
  grantedAt: sql`k.since`,
  lastInteractionAt: sql`c.last_interaction_at`,
  createdAt: sql`c.created_at`,
  lastReceivedAt: sql`r.at`,
};

/** Builds the SQL of each condition on a row of `people`, in order. */
const conditionsSql = (conditions: readonly ClearCondition[], at: string): RawBuilder<unknown>[] =>
  conditions.map((condition, index) =>
    condition.field === 'receivedCampaign'
      ? sql`${sql.raw(`r${index}`)}.contact_id IS ${sql.raw(isNegated(condition) ? 'NULL' : 'NOT NULL')}`
      : columnCondition({ ...condition, field: condition.field }, at),
  );

const isNegated = ({ op }: Condition): boolean => op === 'ne' || op === 'notIn';

function columnCondition(
  condition: Condition & { readonly field: keyof typeof COLUMNS },
  at: string,
): RawBuilder<unknown> {
  const { field, op, value } = condition;
  const column = COLUMNS[field];
  if (op === 'exists') return value === false ? sql`${column} IS NULL` : sql`${column} IS NOT NULL`;
  if (field === 'territory' || field === 'timeZone') {
    // A number may belong to several territories, and a territory have several zones: each of them counts.
    const among = sql.lit(AMONG[field]);
    const named = sql`string_to_array(${column}, ${among}) && ${valuesOf(condition)}::text[]`;
    return isNegated(condition) ? sql`NOT (${named})` : sql`(${named})`;
  }
  const cut = sql`${at}::timestamptz - make_interval(days => ${Number(value) || 0}::int)`;
  if (op === 'olderThanDays') return sql`coalesce(${column} < ${cut}, false)`;
  if (op === 'withinDays') return sql`coalesce(${column} >= ${cut}, false)`;
  return sql`coalesce(${column} ${comparison(op, String(value))}, false)`;
}

/** Compares with an instant, or with a whole day: up to a day includes it, and after a day begins at its end. */
function comparison(op: Condition['op'], moment: string): RawBuilder<unknown> {
  const isDay = DAY.test(moment);
  const past = isDay ? PASSED[op] : undefined;
  const order = sql.raw(past ?? ORDERS[op] ?? '=');
  return isDay
    ? sql`${order} ${startOfDay(moment, past === undefined ? 0 : 1)}`
    : sql`${order} ${moment}::timestamptz`;
}

/** The operators that compare with the end of a day instead of its start. */
const PASSED: Readonly<Partial<Record<Condition['op'], string>>> = { lte: '<', gt: '>=' };

const ORDERS: Readonly<Partial<Record<Condition['op'], string>>> = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Builds the start, in the tenant's zone, of the day that comes so many days later. */
const startOfDay = (day: string, later: number): RawBuilder<unknown> =>
  sql`((${day}::date + ${later}::int)::timestamp AT TIME ZONE (SELECT h.time_zone FROM tenant h WHERE h.id = current_tenant()))`;

const sealedContactRows = rowsOf('contact_key', ['wrapped']).with({
  id: col.text(),
  sealed: col.bytes(),
  /** The clear conditions that hold, in order. */
  clear: col.list<boolean>(),
});

const PAGE = 1_000;
const BYTES_A_ROW = 22;

/**
 * Stores the contacts that meet a filter on sealed attributes in a table of this transaction. Attributes are opened
 * page by page: memory does not grow with the number of contacts.
 */
async function pickContacts(
  tx: Transaction,
  keys: TenantKeys,
  { filter, at }: { readonly filter: AudienceFilter; readonly at: string },
): Promise<void> {
  await tx.run(sql`DROP TABLE IF EXISTS pg_temp.picked`);
  await tx.run(sql`CREATE TEMPORARY TABLE picked (contact_id uuid) ON COMMIT DROP`);
  const clear = conditionsOf(filter).filter(isClear);
  const sealed = conditionsOf(filter).filter((condition) => !isClear(condition));
  const flags = sql.join([sql`true`, ...conditionsSql(clear, at)]);
  for (let after = BEFORE_ALL; ;) {
    const page = await tx.rows(sealedContactRows.sql`
      SELECT c.id, c.sealed, y.wrapped, ARRAY[${flags}]::boolean[] AS clear
        FROM ${people(clear)} JOIN contact_key y ON y.contact_id = c.id
       WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.retired_at IS NULL AND c.id > ${after}::uuid ORDER BY c.id LIMIT ${PAGE}`);
    const rows = new CopyRows(page.length * BYTES_A_ROW);
    for (const contact of page)
      if (isSelected(keys, contact, { filter, sealed, at })) rows.row(1).uuid(contact.id);
    if (rows.rows > 0) await tx.copy('picked', rows);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/** Judges a contact by its clear conditions first, which PostgreSQL has evaluated; most need no decryption. */
function isSelected(
  keys: TenantKeys,
  contact: RowOf<typeof sealedContactRows>,
  about: { readonly filter: AudienceFilter; readonly sealed: readonly Condition[]; readonly at: string },
): boolean {
  const { filter, sealed, at } = about;
  const clear = new Set(contact.clear.slice(1));
  if ('all' in filter ? clear.has(false) : clear.has(true)) return 'any' in filter;
  // The people folder sealed a person here.
  const person = keys.openPerson(contact.id, contact) as Person;
  const met = (condition: Condition): boolean => meets(person, condition, at);
  return 'all' in filter ? sealed.every(met) : sealed.some(met);
}

export const pickedContacts = sql`SELECT contact_id FROM pg_temp.picked`;

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

/** One condition on a person. */
export interface Condition {
  readonly field: string;
  readonly op: FilterOp;
  readonly value?: Attribute | readonly (string | number)[] | undefined;
}

type FilterValue = NonNullable<Condition['value']>;

/** People who meet all conditions, or any. */
type AudienceFilter = { readonly all: readonly Condition[] } | { readonly any: readonly Condition[] };

/** The fields that rows keep unencrypted, with their types; any other field is an attribute, which is sealed. */
export const CLEAR_FIELDS = {
  territory: 'territory',
  timeZone: 'timeZone',
  grantedAt: 'instant',
  lastInteractionAt: 'instant',
  createdAt: 'instant',
  lastReceivedAt: 'instant',
  receivedCampaign: 'campaign',
} as const;

/** A condition that PostgreSQL can evaluate. */
type ClearCondition = Condition & { readonly field: keyof typeof CLEAR_FIELDS };

export const isClear = (condition: Condition): condition is ClearCondition =>
  Object.hasOwn(CLEAR_FIELDS, condition.field);

export const conditionsOf = (filter: AudienceFilter): readonly Condition[] =>
  'all' in filter ? filter.all : filter.any;

/** Says whether a person meets a condition on sealed data; `at` is an ISO instant. */
function meets(person: Person, { field, op, value }: Condition, at: string): boolean {
  const known = valueFor(person, field);
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

function valueFor({ attributes, ...person }: Person, field: string): Attribute | undefined {
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
  if (typeof value === 'boolean') return isYes(known) === value;
  return typeof value === 'number' ? numberIn(known) === value : plain(known) === plain(value);
}

const YES = new Set(['true', 'oui', 'yes', 'vrai', '1']);
const isYes = (known: Attribute): boolean => (typeof known === 'boolean' ? known : YES.has(plain(known)));

/** Parses a number with a decimal comma or point. */
const numberIn = (known: Attribute): number =>
  typeof known === 'number' ? known : Number(String(known).trim().replace(',', '.') || Number.NaN);

/** Compares numbers as numbers, dates as dates, anything else as text; NaN where they are not comparable. */
function orderOf(known: Attribute, value: FilterValue): number {
  if (typeof value === 'number') return numberIn(known) - value;
  const text = String(value);
  const [one, other] = [dateIn(known, WRITTEN_DAY.test(text)), dateIn(text)];
  if (one !== undefined && other !== undefined) return one - other;
  const difference = numberIn(known) - numberIn(text);
  return Number.isNaN(difference) ? plain(known).localeCompare(plain(text)) : difference;
}

const WRITTEN_DAY = /^(\d{4}-\d{2}-\d{2}|\d{2}\/\d{2}\/\d{4})$/;

/** Parses a date to epoch milliseconds; without its hour when days are compared. */
function dateIn(known: Attribute, isByDay = false): number | undefined {
  const text = String(known).replace(/^(\d{2})\/(\d{2})\/(\d{4})(?!\d)/, '$3-$2-$1');
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  return Date.parse(isByDay ? text.slice(0, 10) : text);
}

/** Says whether a date is older than so many days, or within them; undefined for a future date. */
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

/** Normalizes a text for comparison: case and accents do not count. */
const plain = (text: unknown): string => unaccented(String(text)).trim();
