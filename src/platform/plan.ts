import type { Words } from '../words/index.ts';

/** The reason of a wait, a move or a refusal, in words for people. */
export interface ReasonInWords {
  /** A code of the catalogue of reasons, as SUNDAY or CONSENT_WITHDRAWN. */
  readonly code: string;
  /** The rule that decided, as WIN-02. */
  readonly ruleId?: string;
  readonly at?: string;
  readonly text: string;
}

/** A reason before it is worded; in both languages already where the law gave it. */
export interface PlanReason extends Omit<ReasonInWords, 'text'> {
  readonly text: Words | string;
}

/** The states of a workflow that an operator sees. */
export type SendState = 'planning' | 'waiting-window' | 'sending' | 'paused' | 'parked' | 'done';

/** The counts of a campaign, or of a file that is read. */
export type AccountName =
  | 'audience'
  | 'pending'
  | 'accepted'
  | 'excluded'
  | 'failed'
  | 'expired'
  | 'uncertain'
  | 'rows'
  | 'rejected'
  | 'duplicates';

/** Counts of a campaign by state, or of a file by row. */
export type StateCounts = Readonly<Partial<Record<AccountName, number>>>;

/** One step of a series, for operators. */
export interface StepNote {
  readonly step: string;
  /** The resulting state, in words. */
  readonly state: string;
  /** The local moment in words: of sending, past or planned; else the wished one. */
  readonly moment: string;
  /** The reason why it moved, or is not sent; empty when there is none. */
  readonly because: string;
}

/** Further notes of a plan, for operators. */
interface Notes {
  readonly accounts?: StateCounts;
  /** Steps of a series, oldest first. */
  readonly steps?: readonly StepNote[];
  readonly territory?: string;
  /** The tenant's, as `fr` or `en`; French when absent. */
  readonly locale?: string;
  /** The next moment it acts, in words, in the zone of the people concerned. */
  readonly until?: string;
  /** The rule that decided, with its source. */
  readonly rule?: string;
}

/** A workflow's next step: end, go on at once, or wait that long or until a signal. */
export type Plan<R = ReasonInWords> = Notes & Turn<R>;

type Turn<R> =
  | { readonly kind: 'done'; readonly because: R }
  | { readonly kind: 'send'; readonly because: R }
  | {
      readonly kind: 'wait';
      readonly state: SendState;
      /** Milliseconds of real time; at least 1. */
      readonly waitMs: number;
      readonly nextActionAt: string;
      readonly because: R;
    };
