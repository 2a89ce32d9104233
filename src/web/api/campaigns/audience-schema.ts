import { z } from 'zod';
import {
  CLEAR_FIELDS,
  FILTER_OPS,
  type Condition,
  type FilterOp,
  type Audience as ChosenAudience,
} from '../../../campaigns/index.ts';
import { TERRITORIES } from '../../../rule/index.ts';
import {
  DayOrInstant,
  DayField,
  Id,
  TerritoryName,
  TimeZone,
  ExternalId,
  line,
} from '../../server/schema.ts';
import type { FaultSentence } from '../../../words/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { SERIES_KINDS } from '../../../reminders/index.ts';
import { practiceById, practiceOf, practiceZone, type KeptPractice } from '../../../company/index.ts';
import { tenantZone, type Caller } from '../../server/caller.ts';
import { edge } from '../bookings/series.ts';

/** An audience of people with an event in a period; days are whole days in the zone of the practice. */
const SeriesAsked = z
  .strictObject({
    kind: z.enum(SERIES_KINDS),
    practiceId: ExternalId.optional().describe('The id of a practice, or its external id.'),
    eventFrom: DayOrInstant,
    eventTo: DayOrInstant,
    service: line(100).optional().describe('The name of a contract or a plan.'),
  })
  .refine(({ eventFrom, eventTo }) => Date.parse(eventFrom) <= Date.parse(eventTo), {
    path: ['eventTo'],
    error: 'not before eventFrom',
  });

const NoticeAudience = z.strictObject({ series: SeriesAsked });

/** An admin's reason for sending a notice outside of the open hours. */
export const OutsideWindow = z
  .union([line(300).transform((reason) => ({ reason })), z.strictObject({ reason: line(300) })])
  .meta({ description: 'An admin sends a notice at any hour, for a reason that is audited.' });

type AskedSeries = z.output<typeof NoticeAudience>;

/** Resolves the practice of an audience, and converts its days to instants; returns other audiences unchanged. */
export async function audienceMeant<Other extends object>(
  tx: Transaction,
  keys: TenantKeys,
  asked: Other | AskedSeries,
): Promise<Other | Extract<ChosenAudience, { readonly series: unknown }>> {
  if (!isOfSeries(asked)) return asked;
  const { practiceId: given, eventFrom, eventTo, ...rest } = asked.series;
  const practice = given === undefined ? undefined : await practiceMeant(tx, keys, given);
  const zone = practiceZone(practice) ?? (await tenantZone(tx));
  return {
    series: {
      ...rest,
      practiceId: practice?.id,
      eventFrom: edge(eventFrom, zone, 'start') ?? eventFrom,
      eventTo: edge(eventTo, zone, 'end') ?? eventTo,
    },
  };
}

const isOfSeries = (asked: object): asked is AskedSeries => 'series' in asked;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

async function practiceMeant(tx: Transaction, keys: TenantKeys, given: string): Promise<KeptPractice> {
  const byId = UUID.test(given) ? await practiceById(tx, keys, given) : undefined;
  const practice = byId ?? (await practiceOf(tx, keys, given));
  if (practice !== undefined) return practice;
  throw new Refusal('PRACTICE_NOT_FOUND', {
    errors: [{ in: 'body', pointer: '/audience/series/practiceId', message: 'unknown' }],
  });
}

/** Refuses everybody but an admin to send a notice outside of the open hours. */
export function refuseOpening(caller: Caller, outsideWindow: object | undefined): void {
  if (outsideWindow === undefined || caller.role === 'admin') return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'Only an admin opens a notice outside the window.',
    errors: [{ in: 'body', pointer: '/outsideWindow', message: 'admin only' }],
  });
}

const MOST_IDS = 10_000;

const Value = z.union([
  z.string().max(200),
  z.number(),
  z.boolean(),
  z
    .array(z.union([z.string().max(200), z.number()]))
    .min(1)
    .max(500)
    .readonly(),
]);

const ORDERS: readonly FilterOp[] = ['lt', 'lte', 'gt', 'gte'];
const CHOICES: readonly FilterOp[] = ['eq', 'ne', 'in', 'notIn'];
const AGES: readonly FilterOp[] = ['olderThanDays', 'withinDays'];

type Kind = 'territory' | 'timeZone' | 'instant' | 'campaign' | 'attribute';

/** The operators that each type of field accepts; an attribute accepts all comparisons. */
const TAKES: Readonly<Record<Kind, readonly FilterOp[]>> = {
  territory: [...CHOICES],
  timeZone: [...CHOICES],
  instant: [...ORDERS, ...AGES, 'exists'],
  campaign: [...CHOICES],
  attribute: FILTER_OPS,
};

const kindOf = (field: string): Kind =>
  new Map<string, Kind>(Object.entries(CLEAR_FIELDS)).get(field) ?? 'attribute';

/** The schema for the values of each type of field, and the error for other values. */
const VALUES: Readonly<Record<Kind, { readonly is: z.ZodType; readonly told: FaultSentence }>> = {
  territory: { is: TerritoryName, told: 'one of {names}' },
  timeZone: { is: TimeZone, told: 'an IANA time zone, as Europe/Paris' },
  instant: { is: DayField, told: 'a date or an instant, as 2026-03-01' },
  campaign: { is: Id, told: 'the id of a campaign' },
  attribute: { is: z.unknown(), told: 'needed' },
};

/** Returns the error of a condition's value; undefined when it is valid. */
function faultOf({ field, op, value }: Condition): FaultSentence | undefined {
  if (op === 'exists') return value === undefined || typeof value === 'boolean' ? undefined : 'true or false';
  if (value === undefined) return 'needed';
  if (AGES.includes(op)) return isAge(value) ? undefined : 'a number of days';
  const isList = typeof value === 'object';
  if (isList !== (op === 'in' || op === 'notIn')) return isList ? 'one value' : 'a list';
  return unlike(kindOf(field), isList ? value : [value]);
}

const isAge = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 36_500;

/** Returns the error for values that are not of that type. */
function unlike(kind: Kind, values: readonly unknown[]): FaultSentence | undefined {
  const { is, told: expected } = VALUES[kind];
  return values.every((value) => is.safeParse(value).success) ? undefined : expected;
}

const FilterCondition = z
  .strictObject({
    field: z
      .string()
      .regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .'’-]{0,99}$/u)
      .meta({
        description:
          '`territory`, `timeZone`, `grantedAt` (the agreement to advertising), `lastInteractionAt`, `createdAt`, `lastReceivedAt` (any campaign), `receivedCampaign`; every other name is an attribute, as are `firstName`, `lastName`, `birthDate` and `attributes.<name>`.',
      }),
    op: z.enum(FILTER_OPS).meta({
      description:
        '`ne` and `notIn` also match whoever has no such attribute. Words are compared without case and accents, numbers and dates as such, days as whole days.',
    }),
    value: Value.optional(),
  })
  .superRefine((condition, context) => {
    const takes = TAKES[kindOf(condition.field)];
    if (!takes.includes(condition.op))
      context.addIssue({
        code: 'custom',
        path: ['op'],
        message: '{field} takes {values}' satisfies FaultSentence,
        params: { facts: { field: condition.field, values: takes.join(', ') } },
      });
    const fault = faultOf(condition);
    if (fault !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: fault,
        params: { facts: { names: TERRITORIES.join(', ') } },
      });
  })
  .meta({ id: 'FilterCondition' });

const Conditions = z.array(FilterCondition).min(1).max(50).readonly();

const Filter = z.union([z.strictObject({ all: Conditions }), z.strictObject({ any: Conditions })]).meta({
  id: 'AudienceFilter',
  description:
    'Never received anything: { field: "lastReceivedAt", op: "exists", value: false }; received, and not for thirty days: { field: "lastReceivedAt", op: "olderThanDays", value: 30 }.',
});

export const AudienceBody = z
  .union([
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ contactIds: z.array(Id).min(1).max(MOST_IDS) }),
    z.strictObject({ importId: Id }),
    z.strictObject({ notServedBy: Id }),
    z.strictObject({ reconfirm: z.literal(true) }),
    z.strictObject({ filter: Filter }),
    NoticeAudience,
  ])
  .meta({ id: 'Audience' });

export const Exclude = z
  .array(
    z.union([
      z.strictObject({ contactIds: z.array(Id).min(1).max(MOST_IDS) }),
      z.strictObject({ importId: Id }),
      z.strictObject({ servedBy: Id }),
    ]),
  )
  .max(20)
  .meta({
    id: 'ExclusionLists',
    description:
      'People to leave out, by id, by import, or because a campaign reached them or is about to; they stand in the accounts as `ON_EXCLUSION_LIST`.',
  });
