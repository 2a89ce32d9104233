import type { Words } from '../words/index.ts';

/** Why something waits, moved or was refused, in words for people. */
export interface Because {
  /** A code of the catalogue of reasons, as SUNDAY or CONSENT_WITHDRAWN. */
  readonly code: string;
  /** The rule that decided, as WIN-02. */
  readonly ruleId?: string;
  /** ISO instant the reason speaks of. */
  readonly at?: string;
  /** A sentence, free of personal data. */
  readonly text: string;
}

/** A reason before it is said: in each language, or in its own already where the law said it. */
export interface Reason extends Omit<Because, 'text'> {
  readonly text: Words | string;
}

/** What an operator sees as the state of a workflow. */
export type SendState = 'planning' | 'waiting-window' | 'sending' | 'paused' | 'parked' | 'done';

/** What is counted of a campaign, or of a file that is read. */
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
export type Accounts = Readonly<Partial<Record<AccountName, number>>>;

/** One step of a series, as an operator reads it. */
export interface StepNote {
  /** Its name in words. */
  readonly step: string;
  /** What became of it, in words. */
  readonly state: string;
  /** The local moment in words: when it left or will; else the one wished for. */
  readonly moment: string;
  /** Why it moved, or does not leave; empty when nothing is to be said. */
  readonly because: string;
}

/** What a plan lets operators read besides. */
interface Notes {
  readonly accounts?: Accounts;
  /** Steps of a series, oldest first. */
  readonly steps?: readonly StepNote[];
  readonly territory?: string;
  /** The tenant's, as `fr` or `en`; French when absent. */
  readonly locale?: string;
  /** When it acts next, in words, at the place of those concerned. */
  readonly until?: string;
  /** The rule that decided: what it asks, and who says so. */
  readonly rule?: string;
}

/** What a workflow does next: end, go on at once, or wait that long or until it is told. */
export type Plan<R = Because> = Notes & Turn<R>;

type Turn<R> =
  | { readonly kind: 'done'; readonly because: R }
  | { readonly kind: 'send'; readonly because: R }
  | {
      readonly kind: 'wait';
      readonly state: SendState;
      /** Milliseconds of real time; at least 1. */
      readonly waitMs: number;
      /** ISO instant of the law clock. */
      readonly nextActionAt: string;
      readonly because: R;
    };
