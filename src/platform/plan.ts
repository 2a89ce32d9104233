import type { Words } from '../words/index.ts';

/** The reason for a wait, a move or a refusal, in words for people. */
export interface ReasonInWords {
  /** A code of the catalogue of reasons, as SUNDAY or CONSENT_WITHDRAWN. */
  readonly code: string;
  /** The rule that decided, as WIN-02. */
  readonly ruleId?: string;
  readonly at?: string;
  readonly text: string;
}

/** A reason before its language is chosen; `text` has both languages when the law gave the reason. */
export interface PlanReason extends Omit<ReasonInWords, 'text'> {
  readonly text: Words | string;
}

/** The states of a workflow that Temporal's page shows. */
export type SendState = 'planning' | 'waiting-window' | 'sending' | 'paused' | 'parked' | 'done';

/** The names of the counts of a campaign, or of a file that is read. */
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

/** Counts of a campaign's people by state, or of a file's rows by outcome. */
export type StateCounts = Readonly<Partial<Record<AccountName, number>>>;

/** One step of a series, as Temporal's page shows it. */
export interface StepNote {
  readonly step: string;
  /** The resulting state, in words. */
  readonly state: string;
  /** The local moment in words at which it was or will be sent, or else was wished for. */
  readonly moment: string;
  /** Why it was moved or is not sent; empty when there is no reason. */
  readonly because: string;
}

/** What a plan tells the reader of Temporal's page. */
interface Notes {
  readonly accounts?: StateCounts;
  /** Steps of a series, oldest first. */
  readonly steps?: readonly StepNote[];
  readonly territory?: string;
  /** The language of the tenant, `fr` or `en`; French when absent. */
  readonly locale?: string;
  /** The next moment it acts, in words, in the zone of the people concerned. */
  readonly until?: string;
  /** The rule that decided, with its source. */
  readonly rule?: string;
}

/** What a workflow does next: end, send at once, or wait for some time or a signal. */
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
