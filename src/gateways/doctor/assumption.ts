import type { Gateway } from '../../sending/index.ts';
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

const FIRST = ['reached', 'credentials'] as const satisfies readonly AssumptionId[];
const BALANCE = ['credit-told', 'credit-left'] as const satisfies readonly AssumptionId[];
const SENT = ['sender', 'answer-id', 'accents', 'two-parts'] as const satisfies readonly AssumptionId[];
const RECEIPTS = ['receipt-id', 'receipt-state', 'receipt-parts'] as const satisfies readonly AssumptionId[];
const REPLY = ['reply-number', 'reply-words', 'calls-read'] as const satisfies readonly AssumptionId[];

/** The assumptions of each kind's adapter, in the order of a trial. */
export const ASSUMPTIONS: Readonly<Record<Gateway['kind'], readonly AssumptionId[]>> = {
  sandbox: [...FIRST, ...SENT, 'parts-told', 'callback', ...RECEIPTS, 'look-up', ...REPLY],
  // Its dates carry no zone: French time is assumed.
  octopush: [...FIRST, ...BALANCE, ...SENT, 'parts-told', 'callback', ...RECEIPTS, 'receipt-clock', ...REPLY],
  ovh: [
    ...FIRST,
    ...BALANCE,
    'stop-list',
    ...SENT,
    'callback',
    ...RECEIPTS,
    'receipt-clock',
    'look-up',
    ...REPLY,
  ],
  // Parts are counted later than its answer.
  twilio: [
    ...FIRST,
    ...BALANCE,
    ...SENT,
    'callback',
    'signature',
    ...RECEIPTS,
    'receipt-reference',
    'look-up',
    ...REPLY,
  ],
  smpp: [...FIRST, ...SENT, 'session', ...RECEIPTS, ...REPLY],
  brevo: [
    ...FIRST,
    ...BALANCE,
    ...SENT,
    'callback',
    ...RECEIPTS,
    'receipt-reference',
    'receipt-clock',
    ...REPLY,
  ],
  smsmode: [...FIRST, ...SENT, 'callback', ...RECEIPTS, 'receipt-reference', 'look-up', ...REPLY],
};

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

/** The words of each assumption. */
export const ASSUMPTION_WORDS: Readonly<Record<AssumptionId, AssumptionWords>> = bilingual.doctor.assumptions;

/** The way to answer a text of each kind of operator. */
export const STOP_HOW: Readonly<Record<Gateway['kind'], Words>> = bilingual.doctor.stopHow;
