import type { Money } from '../../sms/index.ts';
import type { StepWish } from '../steps/step-offset.ts';
import type { Paid, Terms } from './terms.ts';

/** The kinds of series. */
export const SERIES_KINDS = ['appointment', 'subscription', 'payment-plan'] as const;

/** One kind of series. */
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** The states of a series. */
export const SERIES_STATES = ['open', 'paused', 'completed', 'stopped', 'cancelled', 'superseded'] as const;

/** One state of a series. */
export type SeriesState = (typeof SERIES_STATES)[number];

/** A purpose of series. */
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
  /** The time at which its absence was reported; once for each deadline. */
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

/** The person of a booking; a holder of a number may book for several. */
export interface BookedPerson {
  readonly ref?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | undefined;
}

/** The encrypted data of a series. */
export interface SeriesDetails {
  readonly externalId: string;
  /** The practice as the booking names it; a contract may have none. */
  readonly practice?: string | undefined;
  readonly person?: BookedPerson | undefined;
  /** A street, from the booking. */
  readonly place?: string | undefined;
  /** The booking's own text. */
  readonly text?: string | undefined;
  /** The contract's name, as `Confort`. */
  readonly service?: string | undefined;
  /** The letter or e-mail that announced the renewal. */
  readonly legalNoticeRef?: string | undefined;
  /** The subject of a payment plan. */
  readonly label?: string | undefined;
  /** The amounts of the instalments. */
  readonly amounts?: readonly InstalmentAmount[] | undefined;
  /** Maximum parts of the schedule. */
  readonly maxParts?: number | undefined;
}

/** The amount of one instalment. */
export interface InstalmentAmount extends Money {
  readonly number: number;
}

/** The place of a series' encrypted data. */
export const detailsPlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'reminder_series',
  column: 'sealed',
  row: id,
});

/** Returns the id of a series' workflow. */
export const seriesWorkflowId = (id: string): string => `series/${id}`;

/** Returns the seq of a step's message: `revision × 1000 + position`. */
export const seqOf = (revision: number, position: number): number => revision * 1_000 + position;

/** Positions of corrections. */
export const CORRECTION_POSITION = { moved: 900, cancelled: 901 } as const;

/** Position of the message with a whole payment plan; those before it are single reminders. */
export const SCHEDULE_POSITION = 899;

/** Says whether a position is that of a correction. */
export const isCorrection = (position: number): boolean => position >= CORRECTION_POSITION.moved;

/** Says whether the event is off for its person: cancelled, or given to somebody else. */
export const isCalledOff = (state: SeriesState): boolean => state === 'cancelled' || state === 'superseded';

/** Says whether a series may still owe messages. */
export const isLive = (state: SeriesState): boolean => state === 'open' || state === 'paused';
