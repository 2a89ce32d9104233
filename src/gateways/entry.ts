import type { GatewayAccount } from '../settings/index.ts';
import type { CallContents, Capabilities, OperatorCall, RawRequest, Call } from '../sending/index.ts';
import { type Words, bilingual } from '../words/index.ts';
import type { HttpOperator } from './http/http-gateway.ts';

export type Kind = GatewayAccount['kind'];

export type AccountOf<K extends Kind> = { readonly [A in GatewayAccount as A['kind']]: A }[K];

export type CredentialsOf<K extends Kind> = AccountOf<K>['credentials'];

/** All that is particular to one kind of operator; `OPERATORS` lists them. It loads no client: the public server reads calls by it. */
export interface OperatorEntry<K extends Kind> {
  /** As the operator documents them; what it does not document is as in `NOTHING`. */
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

/** The kinds that `HttpGateway` serves; the others have a gateway of their own. */
export type HttpKind = Exclude<Kind, 'sandbox' | 'smpp'>;

export interface HttpOperatorEntry<K extends HttpKind> extends OperatorEntry<K> {
  /** Base URL of its API, where the account names none. */
  readonly home: string;
  readonly protocol: (
    account: AccountOf<K>,
    about: { readonly baseUrl: string; readonly inboundUrl: string },
  ) => HttpOperator;
}

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

/** The words of each assumption, and of the change to make where it is false. */
export const ASSUMPTION_WORDS = bilingual.doctor.assumptions;

/** An adapter's assumptions about its operator that a trial of an account can check. */
export type AssumptionId = keyof typeof ASSUMPTION_WORDS;

/** Every assumption, in the order of a trial; true for those of every adapter. */
const IN_ORDER: readonly (readonly [AssumptionId, boolean])[] = [
  ['reached', true],
  ['credentials', true],
  ['credit-told', false],
  ['credit-left', false],
  ['stop-list', false],
  ['sender', true],
  ['answer-id', true],
  ['accents', true],
  ['two-parts', true],
  ['parts-told', false],
  ['callback', false],
  ['session', false],
  ['signature', false],
  ['receipt-id', true],
  ['receipt-state', true],
  ['receipt-parts', true],
  ['receipt-reference', false],
  ['receipt-clock', false],
  ['look-up', false],
  ['reply-number', true],
  ['reply-words', true],
  ['calls-read', true],
];

/** Returns the assumptions of an adapter, in the order of a trial: those of every adapter, and its own. */
export const assuming = (...own: readonly AssumptionId[]): readonly AssumptionId[] =>
  IN_ORDER.filter(([id, isOfEvery]) => isOfEvery || own.includes(id)).map(([id]) => id);

/** A trial's finding on one assumption. */
export interface AssumptionFinding {
  readonly id: AssumptionId;
  /** `not-seen`: nothing showed whether it is true. */
  readonly verdict: 'held' | 'failed' | 'not-seen';
  /** The operator's code and words, or figures: nothing that names a person. */
  readonly detail?: string;
}
