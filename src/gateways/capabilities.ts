import type { Capabilities, Gateway } from '../sending/index.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** The starting point of every adapter: an operator that promises nothing. */
const NOTHING: Capabilities = {
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

/** The capabilities of each kind of operator, by its documentation. */
export const CAPABILITIES: Readonly<Record<Gateway['kind'], Capabilities>> = {
  sandbox: {
    ...NOTHING,
    lookup: 'by-key',
    requestTimeoutMs: 5_000,
    canReceive: true,
    reports: { parts: true, cost: false },
  },
  /**
   * Its calls take 500 people, ours carry one: a refusal of the whole call for one bad number would have to be
   * split, and a call repeated under its key must carry the same people.
   */
  octopush: {
    ...NOTHING,
    receipts: 'per-ticket',
    idempotency: 'key-24h',
    ownWindow: true,
    stopMentionReclassifies: true,
    reports: { parts: true, cost: true },
  },
  /** It is not documented how soon a tag can be searched: absence proves nothing before two hours. */
  ovh: {
    ...NOTHING,
    lookup: 'by-key',
    ownWindow: true,
    indexingDelayMs: 2 * HOUR_MS,
    stopMention: 'appended',
    validity: { shortestMs: MINUTE_MS, longestMs: 48 * HOUR_MS },
    reports: { parts: false, cost: false },
    stopList: true,
  },
  /** Our message id comes back in the address of each receipt, so that a lost answer is found by it. */
  twilio: {
    ...NOTHING,
    lookup: 'by-recipient',
    signedCallbacks: true,
    indexingDelayMs: 10 * MINUTE_MS,
    canReceive: true,
    validity: { shortestMs: 1_000, longestMs: 10 * HOUR_MS },
    reports: { parts: true, cost: false },
  },
  smpp: {
    ...NOTHING,
    canReceive: true,
    validity: { shortestMs: 1_000, longestMs: 48 * HOUR_MS },
  },
  /**
   * Its events can be listed by a tag with our key, but some pages cut a tag at ten characters: absence would prove
   * nothing. The address of each receipt names the message instead.
   */
  brevo: { ...NOTHING, ownWindow: true, stopMentionReclassifies: true },
  /** Its list shows our key; how soon is not documented, so that absence proves nothing. */
  smsmode: { ...NOTHING, lookup: 'by-key', indexingDelayMs: Number.POSITIVE_INFINITY },
};
