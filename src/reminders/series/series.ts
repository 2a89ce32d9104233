import { z } from 'zod';
import type { StepWish } from '../steps/planned-step.ts';
import type { IfLate } from '../../law/index.ts';
import type { OnDecline } from '../../company/index.ts';
import type { PersonKey } from '../../crypto/index.ts';

/** The kinds of bookings: each decides its events and its default plan. */
export const SERIES_KINDS = ['appointment', 'subscription', 'payment-plan'] as const;

/** A member of `SERIES_KINDS`. */
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** The stored states; all but `open` and `paused` end a series. */
export const SERIES_STATES = ['open', 'paused', 'completed', 'stopped', 'cancelled', 'superseded'] as const;

/** A member of `SERIES_STATES`. */
export type SeriesState = (typeof SERIES_STATES)[number];

/** A purpose that a series can have: never advertising. */
export type ReminderPurpose = 'appointment' | 'renewal' | 'payment';

/** A stored series; instants are ISO 8601. */
export interface Series {
  readonly id: string;
  readonly kind: SeriesKind;
  readonly purpose: ReminderPurpose;
  readonly source: string;
  readonly contactId: string;
  readonly practiceId: string | null;
  readonly accountId: string;
  readonly batchId: string;
  readonly sender: string;
  /** `SeriesDetails`, under the person's key, which is gone once the person was erased. */
  readonly sealed: Buffer;
  readonly wrapped: Buffer | null;
  /** The recipient's territory: `RE`, or `GP+BL+MF`. */
  readonly territory: string;
  readonly timeZone: string;
  readonly eventAt: string;
  /** The local time there, `YYYY-MM-DDTHH:MM`. */
  readonly eventWall: string;
  readonly eventZone: string;
  readonly plan: readonly StepWish[];
  readonly terms: Terms;
  readonly paid: readonly Paid[];
  /** True when the reference of the letter or e-mail that the law asks for is known. */
  readonly legalNotice: boolean;
  /** When the missing notice was reported; it is once for each deadline. */
  readonly noticeMissingAt: string | null;
  /** Digest of all that a reminder says of the event. */
  readonly facts: Buffer;
  readonly revision: number;
  /** The last change of the event. */
  readonly revisedAt: string;
  readonly sourceRevision: number | null;
  readonly correctionSeq: number | null;
  readonly notifyChange: boolean;
  readonly state: SeriesState;
  readonly endedBecause: string | null;
  readonly waiting: Readonly<Record<string, unknown>> | null;
  readonly simulated: boolean;
  readonly confirmedAt: string | null;
  readonly noShowAt: string | null;
  /** The person's request for its cancellation; the back office decides. */
  readonly cancellationRequestedAt: string | null;
  /** The person's refusal to come; nothing is confirmed then. */
  readonly declinedAt: string | null;
  /** The person's last answer. */
  readonly answeredAt: string | null;
  /** The last reply that confirmed or declined. */
  readonly answerReplyId: string | null;
  /** The time of an answer that only a person can interpret, and its reply. */
  readonly unclearAt: string | null;
  readonly unclearReplyId: string | null;
  readonly createdAt: string;
}

const Person = z.object({
  ref: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  /** `YYYY-MM-DD`. */
  birthDate: z.string().optional(),
});

/** The person of a booking; a holder of a number may book for several. */
export type BookedPerson = Readonly<z.output<typeof Person>>;

const Amount = z.object({ number: z.int(), amount: z.string(), currency: z.string() });

/** An amount of money, and the number of its instalment in the plan. */
export type InstalmentAmount = Readonly<z.output<typeof Amount>>;

export const OfAppointment = z.object({
  /** A street, from the booking. */
  place: z.string().optional(),
});

export const OfSubscription = z.object({
  /** The contract's name, as `Confort`. */
  service: z.string().optional(),
  /** The letter or e-mail that announced the renewal. */
  legalNoticeRef: z.string().optional(),
});

export const OfPaymentPlan = z.object({
  /** The subject of a payment plan. */
  label: z.string().optional(),
  /** The amounts of the instalments. */
  amounts: z.array(Amount).readonly().optional(),
  /** Maximum parts of the schedule. */
  maxParts: z.int().optional(),
});

const Details = z.object({
  externalId: z.string(),
  /** The practice as the booking names it; a contract may have none. */
  practice: z.string().optional(),
  person: Person.optional(),
  ...OfAppointment.shape,
  text: z.string().optional(),
  ...OfSubscription.shape,
  ...OfPaymentPlan.shape,
});

/** The encrypted data of a series. */
export type SeriesDetails = Readonly<z.output<typeof Details>>;

const detailsPlace = (id: string) => ({ table: 'reminder_series', column: 'sealed', row: id });

/** Returns the id of a series' workflow. */
export const seriesWorkflowId = (id: string): string => `series/${id}`;

/** Returns the seq of a step's message: `revision × 1000 + position`. */
export const seqOf = (revision: number, position: number): number => revision * 1_000 + position;

export const CORRECTION_POSITION = { moved: 900, cancelled: 901 } as const;

/** Position of the message with a whole payment plan; those before it are single reminders. */
export const SCHEDULE_POSITION = 899;

export const isCorrection = (position: number): boolean => position >= CORRECTION_POSITION.moved;

/** Says whether the event is off for its person: cancelled, or given to somebody else. */
export const isCalledOff = (state: SeriesState): boolean => state === 'cancelled' || state === 'superseded';

/** Says whether a series may still owe messages. */
export const isLive = (state: SeriesState): boolean => state === 'open' || state === 'paused';

/** The reminder options common to every series. */
interface AnyTerms {
  /** What happens to a reminder whose event was booked too late for its wish; the tenant's choice when absent. */
  readonly ifLate?: IfLate | undefined;
}

/** The legal regimes of a renewal. */
export const REGIMES = ['consumer', 'insurance'] as const;

/** The dates of a contract; `YYYY-MM-DD`. */
export interface SubscriptionTerms extends AnyTerms {
  readonly kind: 'subscription';
  /** The date of renewal, or of the end when nothing renews it. */
  readonly renewsOn: string;
  /** The last day to refuse; a contract that simply ends may have none. */
  readonly refuseBy: string | null;
  readonly tacit: boolean;
  readonly regime: (typeof REGIMES)[number];
}

/** One payment of a plan; its amount is kept encrypted. */
export interface Instalment {
  readonly number: number;
  /** `YYYY-MM-DD`. */
  readonly dueOn: string;
}

/** The dates of a payment plan, in order. */
export interface PaymentTerms extends AnyTerms {
  readonly kind: 'payment-plan';
  readonly instalments: readonly Instalment[];
  /** True when the whole schedule is announced on filing and on change. */
  readonly announce: boolean;
}

/** What a series counts its reminders from besides its event, with the options that go with it. */
export type Terms =
  | (AnyTerms & {
      readonly kind: 'appointment';
      /** The effect of a NON on its reminders; the tenant's choice when absent. */
      readonly onDecline?: OnDecline | undefined;
    })
  | SubscriptionTerms
  | PaymentTerms;

/** A paid instalment; valid while its due date stays the same. */
export interface Paid extends Instalment {
  /** ISO instant. */
  readonly paidAt: string;
}

/** Returns the payment date of an instalment; undefined while it is owed. */
export const paidAt = (paid: readonly Paid[], { number, dueOn }: Instalment): string | undefined =>
  paid.find((one) => one.number === number && one.dueOn === dueOn)?.paidAt;

/** Returns the date from which the reminders of a subscription count back. */
export const countedFrom = ({ refuseBy, renewsOn }: SubscriptionTerms): string => refuseBy ?? renewsOn;

/** Returns the instalment of a payment plan's step; undefined for the schedule. */
export function instalmentOf(step: string, terms: Terms): Instalment | undefined {
  const [number] = step.split('/');
  return terms.kind === 'payment-plan'
    ? terms.instalments.find((one) => String(one.number) === number)
    : undefined;
}

/** Says whether a step asks for an instalment that was paid since. */
export function isPaidStep(
  step: string,
  { terms, paid }: { readonly terms: Terms; readonly paid: readonly Paid[] },
): boolean {
  const instalment = instalmentOf(step, terms);
  return instalment !== undefined && paidAt(paid, instalment) !== undefined;
}

/** Opens the encrypted data of a series with the key of its person. */
export function seriesDetailsOf(
  key: PersonKey,
  series: { readonly id: string; readonly sealed: Buffer },
): SeriesDetails {
  return Details.parse(JSON.parse(key.open(detailsPlace(series.id), series.sealed).toString('utf8')));
}

export function sealDetails(key: PersonKey, id: string, details: SeriesDetails): Buffer {
  return key.seal(detailsPlace(id), JSON.stringify(details));
}
