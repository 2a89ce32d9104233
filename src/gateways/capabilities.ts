import type { Capabilities, CallPurpose, Call } from '../sending/index.ts';

const HOUR_MS = 3_600_000;

/** The starting point of every adapter: an operator that promises nothing. */
export const NOTHING: Capabilities = {
  maxRecipients: 1,
  scheduling: false,
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
