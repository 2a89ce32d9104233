import type { GatewayAccount } from '../platform/index.ts';
import type {
  CallContents,
  Capabilities,
  OperatorCall,
  RawRequest,
  CallPurpose,
  Call,
} from '../sending/index.ts';
import { type Words, bilingual } from '../words/index.ts';
import type { HttpOperator } from './http/http-gateway.ts';

export type Kind = GatewayAccount['kind'];

/** An account of one kind, as the settings give it. */
export type AccountOf<K extends Kind> = { readonly [A in GatewayAccount as A['kind']]: A }[K];

export type CredentialsOf<K extends Kind> = AccountOf<K>['credentials'];

/** The HTTP protocol of an operator. */
export interface HttpEntry<K extends Kind> {
  /** Base URL of its API, where the account names none. */
  readonly home: string;
  readonly protocol: (
    account: AccountOf<K>,
    about: { readonly baseUrl: string; readonly inboundUrl: string },
  ) => HttpOperator;
}

/** All that is particular to one kind of operator; `OPERATORS` lists them. It loads no client: the public server reads calls by it. */
export interface OperatorEntry<K extends Kind> {
  /** By its documentation: begin from `NOTHING`. */
  readonly capabilities: Capabilities;
  /** The assumptions that a trial of a real account checks, in its order. */
  readonly assumptions: readonly AssumptionId[];
  /** The way to answer a text with STOP there. */
  readonly stopHow: Words;
  /** Reads a kept call at the inbound address; it takes no time as input and has no effect. */
  readonly read: (call: OperatorCall) => CallContents;
  /** Checks the signature of a call; absent where it signs none. */
  readonly isGenuine?: (request: RawRequest, account: AccountOf<K>, inboundUrl: string) => boolean;
}

/** The others have a gateway of their own. */
export type HttpKind = Exclude<Kind, 'sandbox' | 'smpp'>;

/** All that is particular to one kind of operator over HTTP. */
export interface HttpOperatorEntry<K extends HttpKind> extends OperatorEntry<K> {
  readonly http: HttpEntry<K>;
}

const HOUR_MS = 3_600_000;

/** The starting point of every adapter: an operator that promises nothing. */
export const NOTHING: Capabilities = {
  maxRecipients: 1,
  receipts: 'per-message',
  idempotency: 'none',
  lookup: 'none',
  signedCallbacks: false,
  ownWindow: false,
  indexingDelayMs: 0,
  requestTimeoutMs: 10_000,
  stopMentionReclassifies: false,
  acknowledgesStop: false,
  canReceive: false,
  stopMention: 'as-written',
  validity: null,
  reports: { parts: false, cost: false },
  stopList: false,
};

/** A way to find out the outcome of a submission without an answer. */
export type Resolution = 're-send-same-key' | 'look-up' | 'wait-for-receipt' | 'person';

/** A submission of unknown outcome, and the ways already tried. */
export interface Uncertain {
  readonly purpose: CallPurpose;
  /** Machine time since its mark. */
  readonly sinceMarkMs: number;
  readonly triedInVain: readonly Resolution[];
}

/** Maximum milliseconds from mark to first byte: later nothing is written. */
const WRITE_WITHIN_MS = 250;

/** An operator forgets a key after 24 h; an hour is kept for clocks that differ. */
const KEY_LIVES_MS = 23 * HOUR_MS;

/** A campaign is closed two hours after its last submission: receipts are not awaited longer. */
const RECEIPT_AWAITED_MS = 2 * HOUR_MS;

/** Returns the next way to resolve it; `person` when no automatic one is left. */
export function resolutionOf(capabilities: Capabilities, uncertain: Uncertain): Resolution {
  const ways: readonly [Resolution, boolean][] = [
    ['re-send-same-key', mayRepeat(capabilities, uncertain)],
    ['look-up', capabilities.lookup !== 'none'],
    ['wait-for-receipt', capabilities.receipts !== 'none' && uncertain.sinceMarkMs < RECEIPT_AWAITED_MS],
  ];
  const open = ways.find(([way, possible]) => possible && !uncertain.triedInVain.includes(way));
  return open?.[0] ?? 'person';
}

function mayRepeat(capabilities: Capabilities, { purpose, sinceMarkMs }: Uncertain): boolean {
  return repeats(capabilities, purpose) && sinceMarkMs < KEY_LIVES_MS;
}

/** Says whether a key is kept for the call; a late code would confuse whoever asked for it, and is never repeated. */
export const repeats = ({ idempotency }: Capabilities, purpose: CallPurpose): boolean =>
  idempotency === 'key-24h' && purpose !== 'confirmation';

/** Returns the time after the mark from which an empty look-up proves non-acceptance. */
export function absenceProvedAfterMs(capabilities: Capabilities): number {
  return WRITE_WITHIN_MS + capabilities.requestTimeoutMs + capabilities.indexingDelayMs;
}

/** Says whether "not found", asked that long after the mark, proves non-acceptance. */
export function absenceProves(capabilities: Capabilities, askedAfterMarkMs: number): boolean {
  return capabilities.lookup !== 'none' && askedAfterMarkMs >= absenceProvedAfterMs(capabilities);
}

/** "STOP au 36180" at the end of a text, with its separator from the words before. */
const MENTION = /(?<![\s.,;:–-])[\s.,;:–-]*\sSTOP(?:SMS)?\b[^\n.!?]{0,12}?\b3\d{4}\s*(?:\.\s*)?$/i;

/** Removes a mention that the operator writes itself: nobody reads it twice. */
export const withoutMention = (text: string): string => text.replace(MENTION, '');

/** Replaces our short code by the operator's. */
export const withStopCode = (text: string, code: string): string =>
  text.replace(MENTION, (mention) => mention.replace(/3\d{4}/, code));

/** Returns how long the operator may try a call, within its limits; undefined where there is none. */
export function validityOf({ validForMs }: Call, { validity: bounds }: Capabilities): number | undefined {
  if (validForMs === undefined || bounds === null) return undefined;
  return Math.max(bounds.shortestMs, Math.min(validForMs, bounds.longestMs));
}

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
