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

/** What a plan lets operators read besides. */
export interface Notes {
  readonly accounts?: Accounts;
  readonly territory?: string;
  /** The tenant's, as `fr` or `en`; French when absent. */
  readonly locale?: string;
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
