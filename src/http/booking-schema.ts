import { z } from 'zod';
import { METHODS } from '../contacts/consent-proof.ts';
import { SERIES_KINDS, SERIES_STATES } from '../reminders/series.ts';
import { isStepWish } from '../reminders/step-offset.ts';
import { Evidence } from './consents.ts';
import { Phone, Region } from './contact-schema.ts';
import { becauseSchema } from './law-schema.ts';
import { DateOnly, ExternalId, Flag, Id, Instant, line, Purpose, TerritoryName, TimeZone } from './schema.ts';
import { Sender } from './sender.ts';

const person = {
  ref: line(100).optional(),
  firstName: line(100).optional(),
  lastName: line(100).optional(),
  birthDate: DateOnly.optional(),
};

/** `2027-10-23T11:00`, with or without an offset. */
const WallTime = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/,
    'a wall time, such as 2027-10-23T11:00, with or without offset',
  );

const WallTimeOrDay = z.union([WallTime, DateOnly]);

const Wish = z
  .union([
    z.string().transform((offset) => ({ offset })),
    z.strictObject({
      offset: z.string(),
      at: z
        .string()
        .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'an hour, such as 18:00')
        .optional(),
    }),
  ])
  .transform(({ offset, ...rest }) => ({
    offset,
    ...('at' in rest && rest.at !== undefined ? { at: rest.at } : {}),
  }))
  .refine(isStepWish, 'a span before the event, such as P2D or PT2H, a year at most');

const Consent = z.strictObject({
  purposes: z.array(Purpose).min(1).max(4).optional(),
  method: z.enum(METHODS).optional(),
  grantedAt: WallTimeOrDay,
  wording: z.string().trim().min(1).max(5_000).optional(),
  wordingId: Id.optional(),
  evidence: Evidence.optional(),
});

/** An appointment as its back office tells it. */
export const Booking = z.strictObject({
  externalId: ExternalId.optional(),
  contactId: Id.optional(),
  contact: z
    .strictObject({
      phone: Phone,
      region: Region,
      territory: TerritoryName.optional(),
      postalCode: z.string().max(10).optional(),
      timeZone: TimeZone.optional(),
      ...person,
    })
    .optional(),
  person: z.strictObject(person).optional(),
  startsAt: WallTime,
  timeZone: TimeZone.optional(),
  territory: TerritoryName.optional(),
  practice: line(200),
  place: line(200).optional(),
  reminders: z.array(Wish).min(1).max(10).optional(),
  consent: Consent.nullish(),
  text: z.string().min(1).max(1_000).optional(),
  sender: Sender.optional(),
  gateway: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .optional(),
  sourceRevision: z.int().nonnegative().optional(),
  notifyChange: z.boolean().optional(),
});

/** Which booking, of which system. */
export const OfSource = z.strictObject({
  source: z
    .string()
    .regex(/^[\w.-]{1,60}$/)
    .optional()
    .meta({ description: 'The system whose external id this is; that of the key when absent.' }),
});

/** How a booking is taken. */
export const Taking = OfSource.extend({ ignoreUnknown: Flag.optional(), replaceContact: Flag.optional() });

const DayOrInstant = z.union([DateOnly, Instant.transform((at) => at.toISO())]);

/** Which series a list shows. */
export const SeriesAsked = {
  state: z.enum(SERIES_STATES).optional(),
  from: DayOrInstant.optional(),
  to: DayOrInstant.optional(),
};

const Step = z
  .object({
    step: z.string(),
    revision: z.int(),
    wantedAt: z.string(),
    plannedAt: z.string().nullable(),
    state: z.enum(['planned', 'sent', 'skipped', 'cancelled', 'failed', 'expired', 'uncertain']),
    sentAt: z.string().optional(),
    delivery: z.enum(['pending', 'delivered', 'undelivered']).optional(),
    because: becauseSchema.optional(),
    messageId: z.string().optional(),
  })
  .meta({ id: 'Step' });

/** A series as answers show it. */
export const SeriesShown = z
  .object({
    id: z.string(),
    seriesId: z.string(),
    kind: z.enum(SERIES_KINDS),
    externalId: z.string().nullable(),
    state: z.enum(SERIES_STATES),
    revision: z.int(),
    contactId: z.string(),
    startsAt: z.string(),
    timeZone: z.string(),
    practice: z.string().nullable(),
    sendable: z.boolean(),
    why: z.string().nullable(),
    steps: z.array(Step).readonly(),
    waitingFor: z.record(z.string(), z.unknown()).nullable(),
    endedBecause: z.string().nullable(),
    confirmedAt: z.string().nullable(),
    noShowAt: z.string().nullable(),
    simulated: z.boolean(),
    workflowId: z.string(),
    ignored: z.array(z.string()).readonly().optional(),
  })
  .meta({ id: 'Series' });
