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

/** What an operator sees as the state of a workflow. */
export type SendState = 'planning' | 'waiting-window' | 'sending' | 'paused' | 'parked' | 'done';

/** Counts by state: audience, pending, accepted, excluded, failed, expired, uncertain. */
export type Accounts = Readonly<Record<string, number>>;

/** One step of a series, as an operator reads it. */
export interface StepNote {
  /** Its name, as `P2D`. */
  readonly step: string;
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
export type Plan = Notes & Turn;

type Turn =
  | { readonly kind: 'done'; readonly because: Because }
  | { readonly kind: 'send'; readonly because: Because }
  | {
      readonly kind: 'wait';
      readonly state: SendState;
      /** Milliseconds of real time; at least 1. */
      readonly waitMs: number;
      /** ISO instant of the law clock. */
      readonly nextActionAt: string;
      readonly because: Because;
    };
