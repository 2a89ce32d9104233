import { bilingual, type Words } from '../../words/index.ts';

/** An adapter's assumptions about its operator that a trial of an account can check. */
export type AssumptionId =
  | 'reached'
  | 'credentials'
  | 'credit-told'
  | 'credit-left'
  | 'stop-list'
  | 'sender'
  | 'answer-id'
  | 'parts-told'
  | 'accents'
  | 'two-parts'
  | 'callback'
  | 'session'
  | 'signature'
  | 'receipt-id'
  | 'receipt-reference'
  | 'receipt-state'
  | 'receipt-parts'
  | 'receipt-clock'
  | 'look-up'
  | 'reply-number'
  | 'reply-words'
  | 'calls-read';

/** The assumptions of most adapters, in the order of a trial. */
export const USUAL = {
  first: ['reached', 'credentials'],
  balance: ['credit-told', 'credit-left'],
  sent: ['sender', 'answer-id', 'accents', 'two-parts'],
  receipts: ['receipt-id', 'receipt-state', 'receipt-parts'],
  reply: ['reply-number', 'reply-words', 'calls-read'],
} as const satisfies Record<string, readonly AssumptionId[]>;

/** `not-seen`: nothing showed whether it is true. */
export type AssumptionVerdict = 'held' | 'failed' | 'not-seen';

/** A trial's finding on one assumption. */
export interface AssumptionFinding {
  readonly id: AssumptionId;
  readonly verdict: AssumptionVerdict;
  /** The operator's code and words, or figures: nothing that names a person. */
  readonly detail?: string;
}

/** An assumption, and the change to make when it is false. */
interface AssumptionWords {
  readonly what: Words;
  readonly change: Words;
}

/** The words of each assumption, and of the change to make where it is false. */
export const ASSUMPTION_WORDS: Readonly<Record<AssumptionId, AssumptionWords>> = bilingual.doctor.assumptions;
