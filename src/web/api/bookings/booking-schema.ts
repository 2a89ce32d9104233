import { z } from 'zod';
import { METHODS } from '../../../person/index.ts';
import { IF_LATE } from '../../../law/index.ts';
import {
  eventShown,
  SERIES_KINDS,
  SERIES_STATES,
  isDateWish,
  isPaymentWish,
  isStepWish,
  REGIMES,
} from '../../../reminders/index.ts';
import { ON_DECLINE } from '../../../company/index.ts';
import { EvidenceBody } from '../people/consents.ts';
import { Phone, Region } from '../people/contacts.ts';
import { becauseSchema } from '../law/law-schema.ts';
import {
  AccountField,
  SourceName,
  DayOrInstant,
  DateOnly,
  ExternalId,
  Flag,
  Id,
  line,
  PurposeField,
  TerritoryName,
  TimeZone,
  WallTime,
} from '../../server/schema.ts';
import { Sender } from '../company/tenant-schema.ts';
import { WaitingForShown } from '../messages/figures.ts';

/** What happens to a reminder whose wished moment has passed when it is booked. */
export const IfLateField = z.enum(IF_LATE).meta({
  description:
    'A reminder that is booked too late for its wish, or to move earlier, leaves at the next lawful moment when at least half of what was left is left then (`next-lawful`), or is skipped (`skip`); as the tenant chose when absent.',
});

const person = {
  ref: line(100).optional(),
  firstName: line(100).optional(),
  lastName: line(100).optional(),
  birthDate: DateOnly.optional(),
};

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
  }));

const Consent = z.strictObject({
  purposes: z.array(PurposeField).min(1).max(4).optional(),
  method: z.enum(METHODS).optional(),
  grantedAt: WallTimeOrDay,
  wording: z.string().trim().min(1).max(5_000).optional(),
  wordingId: Id.optional(),
  evidence: EvidenceBody.optional(),
});

const wishes = (isWish: (wish: { offset: string; at?: string }) => boolean, sentence: string, most: number) =>
  z.array(Wish.refine(isWish, sentence)).min(1).max(most).optional();

const common = {
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
  timeZone: TimeZone.optional(),
  territory: TerritoryName.optional(),
  consent: Consent.nullish(),
  text: z.string().min(1).max(1_000).optional(),
  sender: Sender.optional(),
  gateway: AccountField.optional(),
  sourceRevision: z.int().nonnegative().optional(),
  notifyChange: z.boolean().optional(),
  ifLate: IfLateField.optional(),
};

export type CommonBody = z.output<z.ZodObject<typeof common>>;

export const Booking = z.strictObject({
  ...common,
  startsAt: WallTime,
  practice: line(200),
  place: line(200).optional(),
  onDecline: z.enum(ON_DECLINE).optional().meta({
    description: 'What a NON does to the reminders still to come; as the tenant chose when absent.',
  }),
  reminders: wishes(isStepWish, 'a span before the event, such as P2D or PT2H, a year at most', 10),
});

export const Subscription = z.strictObject({
  ...common,
  practice: line(200).optional(),
  service: line(100).optional().describe('The name of the contract, as people know it.'),
  renewsOn: DateOnly,
  refuseBy: DateOnly.optional().describe('The last day to refuse; needed unless it simply ends.'),
  tacitRenewal: z.boolean().optional().describe('False: the contract ends, and the text says so.'),
  regime: z.enum(REGIMES).optional().describe('The rule of its notice: `consumer` when absent.'),
  legalNoticeRef: line(200)
    .optional()
    .meta({ description: 'The letter or e-mail that announced it: an SMS never takes its place.' }),
  reminders: wishes(isDateWish, 'whole days, weeks or months before refuseBy, such as P2M', 10),
});

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const InstalmentBody = z.strictObject({
  number: z.int().min(1).max(9_999),
  dueOn: DateOnly,
  amount: z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,2})?$/, 'a decimal string, such as 49.00')
    .refine((amount) => Number(amount) > 0, 'more than nothing'),
  currency: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'a currency of ISO 4217, such as EUR')
    .default('EUR'),
});

export const PaymentPlan = z.strictObject({
  ...common,
  practice: line(200).optional(),
  label: line(100).optional().describe('What is paid for, as people know it.'),
  instalments: z.array(InstalmentBody).min(1).max(120),
  announce: z.boolean().optional().describe('False: the schedule itself is not told by SMS.'),
  maxParts: z.int().min(1).max(10).optional().describe('Parts that the schedule may take; 3.'),
  reminders: wishes(
    isPaymentWish,
    'whole days, weeks or months before dueOn, such as P3D; after it with a minus, such as -P5D',
    5,
  ),
});

/** The query that names the system to which an external id belongs. */
export const OfSource = z.strictObject({
  source: SourceName.optional().meta({
    description: 'The system whose external id this is; that of the key when absent.',
  }),
});

/** The query that reopens a cancelled booking. */
export const Reopen = Flag.optional().meta({
  description: 'Brings a booking back that is cancelled; a higher sourceRevision does so too.',
});

export const BookingTaking = OfSource.extend({
  ignoreUnknown: Flag.optional(),
  replaceContact: Flag.optional(),
  reopen: Reopen,
});

/** The query that ends a booking: its system, and the revision there. */
export const BookingEnding = OfSource.extend({
  sourceRevision: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .meta({ description: 'An older one than what is known is 409; it holds against every PUT up to it.' }),
});

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

export const SeriesShown = z
  .object({
    id: z.string(),
    seriesId: z.string(),
    kind: z.enum(SERIES_KINDS),
    externalId: z.string().nullable(),
    state: z.enum(SERIES_STATES),
    revision: z.int(),
    contactId: z.string(),
    ...eventShown,
    timeZone: z.string(),
    practice: z.string().nullable(),
    sendable: z.boolean(),
    why: z.string().nullable(),
    steps: z.array(Step).readonly(),
    waitingFor: WaitingForShown.nullable(),
    endedBecause: z.string().nullable(),
    confirmedAt: z.string().nullable(),
    declinedAt: z.string().nullable().meta({
      description: 'When the person answered that they do not come; the booking stands until you end it.',
    }),
    answerReplyId: z.string().nullable().describe('The reply that confirmed or declined last.'),
    unclearAt: z.string().nullable().meta({
      description:
        'When a reply came that a person must read; an answer, a change or a confirmation ends it.',
    }),
    unclearReplyId: z.string().nullable().describe('That reply.'),
    cancellationRequestedAt: z
      .string()
      .nullable()
      .meta({ description: 'When the person asked for it by SMS; cancel the booking to follow.' }),
    noShowAt: z.string().nullable(),
    simulated: z.boolean(),
    workflowId: z.string(),
    ignored: z.array(z.string()).readonly().optional(),
  })
  .meta({ id: 'Series' });
