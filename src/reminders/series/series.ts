import type { Money } from '../../sms/index.ts';
import type { StepWish } from '../steps/step-offset.ts';
import type { Paid, Terms } from './terms.ts';

/** What a series is about. */
export const SERIES_KINDS = ['appointment', 'subscription', 'payment-plan'] as const;

/** What a series is about. */
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** What may have become of a series. */
export const SERIES_STATES = ['open', 'paused', 'completed', 'stopped', 'cancelled', 'superseded'] as const;

/** What may have become of a series. */
export type SeriesState = (typeof SERIES_STATES)[number];

/** A purpose that a series may serve. */
export type ReminderPurpose = 'appointment' | 'renewal' | 'payment';

/** A series as stored; instants are ISO 8601. */
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
  /** `SeriesDetails`, under the person's key; that key is gone once the person was erased. */
  readonly sealed: Buffer;
  readonly wrapped: Buffer | null;
  /** Where the recipient is: `RE`, or `GP+BL+MF`. */
  readonly territory: string;
  readonly timeZone: string;
  readonly eventAt: string;
  /** What clocks show there, `YYYY-MM-DDTHH:MM`. */
  readonly eventWall: string;
  readonly eventZone: string;
  readonly plan: readonly StepWish[];
  readonly terms: Terms;
  readonly paid: readonly Paid[];
  /** Whether the reference of the letter or e-mail that the law asks for is known. */
  readonly legalNotice: boolean;
  /** When its absence was told; once for each deadline. */
  readonly noticeMissingAt: string | null;
  /** Digest of all that a reminder says of the event. */
  readonly facts: Buffer;
  readonly revision: number;
  /** When the event last changed. */
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
  /** When the person asked for its cancellation; the back office decides. */
  readonly cancellationRequestedAt: string | null;
  /** When the person said that they do not come; nothing is confirmed then. */
  readonly declinedAt: string | null;
  /** When the person last answered. */
  readonly answeredAt: string | null;
  /** The reply that confirmed or declined last. */
  readonly answerReplyId: string | null;
  /** When somebody answered what nobody but a person can read, and by which reply. */
  readonly unclearAt: string | null;
  readonly unclearReplyId: string | null;
  readonly createdAt: string;
}

/** Whom a booking is for; a holder of a number may book for several. */
export interface Person {
  readonly ref?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | undefined;
}

/** What is encrypted of a series. */
export interface SeriesDetails {
  readonly externalId: string;
  /** The practice as the booking names it; a contract may have none. */
  readonly practice?: string | undefined;
  readonly person?: Person | undefined;
  /** A street, as the booking gives it. */
  readonly place?: string | undefined;
  /** The booking's own text. */
  readonly text?: string | undefined;
  /** The contract's name, as `Confort`. */
  readonly service?: string | undefined;
  /** The letter or e-mail that announced the renewal. */
  readonly legalNoticeRef?: string | undefined;
  /** What a payment plan is for. */
  readonly label?: string | undefined;
  /** What each instalment amounts to. */
  readonly amounts?: readonly Amount[] | undefined;
  /** Parts that the schedule may take. */
  readonly maxParts?: number | undefined;
}

/** What one instalment amounts to. */
export interface Amount extends Money {
  readonly number: number;
}

/** Where a series keeps what is encrypted of it. */
export const detailsPlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'reminder_series',
  column: 'sealed',
  row: id,
});

/** The id of a series' workflow. */
export const seriesWorkflowId = (id: string): string => `series/${id}`;

/** The message of a step: `revision × 1000 + position`. */
export const seqOf = (revision: number, position: number): number => revision * 1_000 + position;

/** Positions of the messages that correct what was said. */
export const CORRECTION_POSITION = { moved: 900, cancelled: 901 } as const;

/** Position of the message that tells a whole payment plan; those before it are single reminders. */
export const SCHEDULE_POSITION = 899;

/** Whether a position is that of a correction. */
export const isCorrection = (position: number): boolean => position >= CORRECTION_POSITION.moved;

/** Whether its event is off for the person it was for: cancelled, or given to somebody else. */
export const isCalledOff = (state: SeriesState): boolean => state === 'cancelled' || state === 'superseded';

/** Whether a series may still owe messages. */
export const isLive = (state: SeriesState): boolean => state === 'open' || state === 'paused';
