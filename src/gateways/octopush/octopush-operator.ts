import { z } from 'zod';
import { NOTHING, assuming, type CredentialsOf, type HttpOperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import type { Call, SubmitResult, ErrorClass, ReceiptEvent, ReceiptState } from '../../sending/index.ts';
import {
  classOfCode,
  healthIn,
  jsonRequest,
  resultBy,
  type HttpOperator,
  type OperatorRefusal,
} from '../http/http-gateway.ts';
import { known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';
import type { Item } from '../http/call-items.ts';

const CODES: Partial<Record<ErrorClass, readonly number[]>> = {
  PERMANENT_CONTENT: [102, 106, 107, 112, 116, 118, 119, 121, 122],
  PERMANENT_RECIPIENT: [103, 110, 111, 115, 117, 150],
  CONFIG: [100, 101, 108, 109, 113, 114, 123, 124],
  CREDIT: [104, 105],
  DUPLICATE: [120, 133],
  AMBIGUOUS: [125],
  THROTTLED: [128],
  RETRYABLE: [126, 127, 129, 130, 131, 132],
};

const CLASS_OF = new Map(
  // Object.entries loses the type of the keys.
  Object.entries(CODES).flatMap(([errorClass, codes]) =>
    codes.map((code) => [code, errorClass as ErrorClass] as const),
  ),
);

const Sent = z.object({
  sms_ticket: z.string().min(1).max(200),
  number_of_contacts: z.number().int().nonnegative(),
  number_of_sms_needed: z.number().int().nonnegative().optional(),
  total_cost: z.number().nonnegative().optional(),
});
const Refused = z.object({
  code: z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]),
  message: z.unknown().optional(),
});
const Balance = z
  .object({ amount: z.number(), unit: z.string().optional() })
  .transform(({ amount }) => ({ credit: { amount: String(amount) } }));

/** The protocol of Octopush, version 1: one key a call, remembered for a day; no look-up. */
export function octopushOperator({ login, key }: CredentialsOf<'octopush'>): HttpOperator {
  const headers = { 'api-login': login, 'api-key': key, 'cache-control': 'no-cache' };
  const balance: HttpRequest = { method: 'GET', path: '/wallet/check-balance?country_code=FR', headers };
  return {
    greeting: balance,
    requestFor: (call) => jsonRequest('/sms-campaign/send', headers, bodyOf(call)),
    resultOf: resultBy({ accepted, refused }),
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    health: async (ask) => healthIn(await ask(balance), Balance),
  };
}

/**
 * Builds the body of a call: advertising is `wholesale`, for which Octopush asks for the mention; all else is
 * `alert`.
 */
const bodyOf = (call: Call): object => ({
  recipients: call.recipients.map(({ to }) => ({ phone_number: to })),
  text: call.text,
  // Receipts exist for this type alone.
  type: 'sms_premium',
  sender: call.sender,
  purpose: call.purpose === 'marketing' ? 'wholesale' : 'alert',
  with_replies: false,
  simulation_mode: false,
  request_id: call.key,
  // The text was made and counted here. A receipt must name the recipients on the operator's blacklist.
  auto_optimize_text: false,
  auto_remove_blacklisted_numbers: false,
  recipient_tracking: false,
});

function refused(json: unknown, status: number): OperatorRefusal | undefined {
  const { data } = Refused.safeParse(json);
  if (data === undefined) return undefined;
  const { code, message: words } = data;
  return { errorClass: classOfCode(status, CLASS_OF.get(code)), code: String(code), words };
}

function accepted(call: Call, json: unknown, { firstByteAt, answeredAt }: AnsweredExchange): SubmitResult {
  const moments = { firstByteAt, answeredAt };
  const sent = Sent.safeParse(json);
  if (!sent.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  const {
    sms_ticket: ticket,
    number_of_contacts: taken,
    number_of_sms_needed: needed,
    total_cost,
  } = sent.data;
  // A call whose recipients were all dropped was accepted for nobody.
  if (taken === 0)
    return { kind: 'REFUSED', errorClass: 'PERMANENT_RECIPIENT', code: 'NO_CONTACT', ...moments };
  const people = call.recipients.length;
  const share = {
    ...(needed !== undefined && { parts: Math.ceil(needed / people) }),
    ...(total_cost !== undefined && { cost: (total_cost / people).toFixed(6) }),
  };
  const perRecipient = call.recipients.map(({ to }) => ({ to, ticket, ...share }));
  return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
}

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['ACK', 'PENDING'],
  ['PROCESSED', 'PENDING'],
  ['TRANSMITTED', 'PENDING'],
  ['DELIVERED', 'DELIVERED'],
  ['READ', 'DELIVERED'],
  ['NOT_DELIVERED', 'UNDELIVERED'],
  ['NOT_ALLOWED', 'REJECTED'],
  ['BAD_DESTINATION', 'UNDELIVERED'],
  ['BLACKLISTED_NUMBER', 'OPTED_OUT'],
  ['UNKNOWN_DELIVERY', 'UNKNOWN_FINAL'],
  ['UNDEFINED', 'UNKNOWN_FINAL'],
]);

const TICKET = ['message_id', 'sms_ticket', 'ticket'];
const REPLIED = ['reception_date', 'sim_card_number'];

/** Octopush's vocabulary. A reply's ticket comes "if it's found": the number and the words suffice. */
const OCTOPUSH: Dialect = {
  person: ['number', 'phone_number', 'phone', 'msisdn', 'from'],
  words: ['text'],
  wordsInReceipt: ['text'],
  isStop: (item) => item.has('stop_date') && (item.id('stop_date') !== undefined || !item.has('status')),
  about: (item, { person }) => {
    const ticket = item.id(...TICKET);
    const at = item.id('stop_date', 'reception_date');
    const said = item.has('stop_date') ? `stop ${at}` : `${at} ${item.first('text') ?? ''}`;
    return {
      ticket,
      occurredAt: at,
      identity: at === undefined ? undefined : `${ticket ?? ''} ${person ?? ''} ${said}`,
    };
  },
  receiptOf,
};

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const ticket = item.id(...TICKET);
  if (ticket === undefined || item.has(...REPLIED, 'stop_date')) return undefined;
  const status = item.id('status')?.toUpperCase();
  if (status === undefined && item.has('text')) return undefined;
  const at = item.id('delivery_date');
  return {
    kind: 'receipt',
    identity: [ticket, person, status, at].map((part) => part ?? '').join(' '),
    gatewayId: ticket,
    ticket,
    state: STATES.get(status ?? '') ?? 'UNKNOWN_FINAL',
    ...known({ to: person, reference, code: status, occurredAt: at }),
    ...(status === 'BAD_DESTINATION' && { numberIsBad: true }),
  };
}

export const octopush: HttpOperatorEntry<'octopush'> = {
  /**
   * Its calls take 500 people, ours carry one: a refusal of the whole call for one bad number would have to be
   * split, and a call repeated under its key must carry the same people.
   */
  capabilities: {
    ...NOTHING,
    receipts: 'per-ticket',
    idempotency: 'key-24h',
    ownWindow: true,
    stopMentionReclassifies: true,
    reports: { parts: true, cost: true },
  },
  // Its dates carry no zone: French time is assumed.
  assumptions: assuming('credit-told', 'credit-left', 'parts-told', 'callback', 'receipt-clock'),
  stopHow: bilingual.doctor.stopHow.codeOfAdvertising({ account: 'Octopush' }),
  /** Reads one call, unsigned: receipts, replies and STOP. */
  read: (call) => readCall(call, OCTOPUSH),
  home: 'https://api.octopush.com/v1/public',
  protocol: ({ credentials }) => octopushOperator(credentials),
};
