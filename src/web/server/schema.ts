import { DateTime, type DurationLike } from 'luxon';
import { z } from 'zod';
import { PURPOSES, type TenantPurpose } from '../../company/index.ts';
import { profileNamed } from '../../law/index.ts';
import { isTimeZone, TERRITORIES, isoText } from '../../rule/index.ts';
import { FURTHEST_OFFSET } from '../../reading/index.ts';
import { Refusal, type Clock, pageOf } from '../../platform/index.ts';
import { wrongField } from './input-error.ts';
import { isWritable } from './read-body.ts';

/** Replaces the pattern that checks a value by another description in the OpenAPI document. */
function plainly(shown: object): (about: { jsonSchema: { pattern?: unknown } }) => void {
  return ({ jsonSchema }) => {
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, shown);
  };
}

export const Id = z
  .guid()
  .transform((id) => id.toLowerCase())
  .meta({ override: plainly({ format: 'uuid' }) });

export const ById = z.strictObject({ id: Id });

export const ExternalId = z
  .string()
  .min(1)
  .max(200)
  .refine((id) => isWritable(id) && !/\p{Cc}/u.test(id));

export const line = (most: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u)
    // The same set of characters, in a syntax that every reader of OpenAPI knows.
    .meta({ override: plainly({ pattern: String.raw`^[^\x00-\x1f\x7f-\x9f]*$` }) });

/** The name of an account at an operator. */
export const AccountField = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

export const ByAccount = z.strictObject({ name: AccountField });

/** The code of a reason, in a query. */
export const ReasonCode = z.string().regex(/^\w{1,60}$/);

/** The system to which a key belongs. */
export const SourceName = z.string().regex(/^[\w.-]{1,60}$/);

/** The reason of an order, as the audit keeps it. */
export const AuditReason = line(300).describe('Kept in clear, in the audit too: name nobody.');

export const PurposeField = z.enum(PURPOSES);

/** A territory with its own list of public holidays. */
export const TerritoryName = z.enum(TERRITORIES);

/** An IANA time zone that this instance knows. */
export const TimeZone = z
  .string()
  .max(60)
  .refine(isTimeZone, 'not an IANA time zone')
  .meta({ example: 'Europe/Paris' });

/** A set of windows, by its name. */
export const ProfileName = z
  .string()
  .refine((id) => profileNamed(id) !== undefined, 'no such profile of rules')
  .meta({ example: 'fr-seed-strict' });

/** Says whether PostgreSQL and ISO 8601 count a year alike, and it is no mistake. */
const isOfOurTimes = (year: number): boolean => year >= 1900 && year <= 9999;

export const DateOnly = z.iso.date().refine((on) => isOfOurTimes(Number(on.slice(0, 4))), 'no such day');

const isOnEarth = ({ offset }: DateTime): boolean => Math.abs(offset) <= FURTHEST_OFFSET;

/** An instant with an offset. */
export const Instant = z
  .string()
  // The seconds may be absent in ISO 8601, and not in RFC 3339.
  .transform((text) => text.replace(/T\d{2}:\d{2}(?=Z$|[+-]\d{2}:\d{2}$)/, '$&:00'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => DateTime.fromISO(text, { setZone: true }))
  .refine(
    (at): at is DateTime<true> => at.isValid && isOfOurTimes(at.toUTC().year) && isOnEarth(at),
    'no such moment',
  )
  .meta({ override: { type: 'string', format: 'date-time' }, example: '2027-03-27T19:59:00+01:00' });

/** `2027-10-23T11:00`, with or without an offset. */
export const WallTime = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/,
    'a wall time, such as 2027-10-23T11:00, with or without offset',
  );

/** A day such as `2027-03-27`, or an instant on it. */
export const DayField = z.union([DateOnly.transform((on) => DateTime.fromISO(on, { zone: 'utc' })), Instant]);

/** An amount as a decimal string, with its currency. */
export const MoneyField = z
  .strictObject({
    amount: z
      .string()
      .regex(/^\d{1,9}(?:\.\d{1,4})?$/, 'a decimal number in a string, such as "12.34"')
      .refine((amount) => Number(amount) > 0, 'more than nothing'),
    currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 currency, such as "EUR"'),
  })
  .meta({ id: 'Money' });

/** A page of a list: its size, and the id before it. */
export const PageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'a number between 1 and 500')
    .default('100')
    .transform(Number)
    .refine((limit) => limit <= 500, 'a number between 1 and 500')
    .meta({ override: plainly({ type: 'integer', minimum: 1, maximum: 500, default: 100 }) }),
  after: Id.optional().describe('The `next` of the page before.'),
});

/** Returns the record without its undefined values. */
export const present = <T>(values: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** A page of a list, and the cursor of the next page: null on the last one. */
export const listOf = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** Reads a page, and one row more, which shows whether there is another page. */
export const readPage = async <Asked extends { readonly limit: number }, T extends { readonly id: string }>(
  asked: Asked,
  read: (page: Asked) => Promise<readonly T[]>,
): Promise<ReturnType<typeof pageOf<T>>> =>
  pageOf(await read({ ...asked, limit: asked.limit + 1 }), asked.limit);

export const Flag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
  .meta({ override: { type: 'boolean' } });

/** Returns the time of an audit entry by the law clock, and by the machine clock, which orders entries. */
export const moment = (clock: Clock): { readonly at: string; readonly machineMs: number } => ({
  at: clock.now().toISO(),
  machineMs: clock.machine(),
});

export const PurposeOrPurposes = z.strictObject({
  purpose: PurposeField.optional(),
  purposes: z.array(PurposeField).min(1).max(4).optional(),
});

/** Returns the purposes of a body, which gives exactly one of the two fields; refuses otherwise. */
export function purposesOf(body: {
  readonly purpose?: TenantPurpose | undefined;
  readonly purposes?: readonly TenantPurpose[] | undefined;
}): readonly TenantPurpose[] {
  const named = body.purposes ?? (body.purpose === undefined ? undefined : [body.purpose]);
  if (named !== undefined && (body.purpose === undefined || body.purposes === undefined))
    return [...new Set(named)];
  throw wrongField('/purpose', 'Give purpose, or purposes.');
}

/** Returns the person of a body, which gives either the contact or the number; refuses otherwise. */
export function who(body: {
  readonly contactId?: string | undefined;
  readonly phone?: string | undefined;
}):
  | { readonly kind: 'contact'; readonly contactId: string }
  | { readonly kind: 'number'; readonly phone: string } {
  const { contactId, phone } = body;
  if (contactId !== undefined && phone === undefined) return { kind: 'contact', contactId };
  if (phone !== undefined && contactId === undefined) return { kind: 'number', phone };
  throw wrongField('/contactId', 'Give contactId, or phone.');
}

/** A whole local day, or an instant. */
export const DayOrInstant = z.union([DateOnly, Instant.transform((at) => at.toISO())]);

/** A period in a request: a date stands for a whole local day, the last one included. */
export const PeriodAsked = z.strictObject({ from: DayOrInstant.optional(), to: DayOrInstant.optional() });

/** A period between two ISO instants, its end exclusive. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Resolves a period in a tenant's time zone; without bounds it is the latest period of the usual length. */
export function periodMeant(
  { from, to }: z.output<typeof PeriodAsked>,
  usual: { readonly now: DateTime<true>; readonly timeZone: string; readonly lasts: DurationLike },
): Period {
  const { now, timeZone, lasts } = usual;
  const until = to === undefined ? now : meant(to, timeZone, { days: 1 });
  const since = from === undefined ? until.minus(lasts) : meant(from, timeZone, {});
  if (since >= until) throw new Refusal('DATE_INVALID');
  return { from: isoText(since.toUTC()), to: isoText(until.toUTC()) };
}

const DATE_LENGTH = 10;

const meant = (text: string, zone: string, further: DurationLike): DateTime =>
  text.length > DATE_LENGTH
    ? DateTime.fromISO(text)
    : DateTime.fromISO(text, { zone }).startOf('day').plus(further);
