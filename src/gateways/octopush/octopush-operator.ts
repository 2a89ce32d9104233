import { z } from 'zod';
import { NOTHING, USUAL, type CredentialsOf, type HttpOperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import type {
  Call,
  Health,
  SubmitResult,
  ErrorClass,
  ReceiptEvent,
  ReceiptState,
  CallContents,
  OperatorCall,
} from '../../sending/index.ts';
import { answerJsonOf, type Ask, type HttpOperator } from '../http/http-gateway.ts';
import {
  classOfCode,
  classOfStatus,
  submitRefusalOf,
  unreadableAnswer,
  known,
  readCall,
  type Dialect,
  type ItemContext,
} from '../http/read-call.ts';
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

/** Base URL of its API, version 1. */
const OCTOPUSH_URL = 'https://api.octopush.com/v1/public';

const BALANCE = '/wallet/check-balance?country_code=FR';

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
const Balance = z.object({ amount: z.number(), unit: z.string().optional() });

/** The protocol of Octopush, version 1: one key a call, remembered for a day; no look-up. */
export function octopushOperator({ login, key }: CredentialsOf<'octopush'>): HttpOperator {
  const headers = { 'api-login': login, 'api-key': key, 'cache-control': 'no-cache' };
  return {
    kind: 'octopush',
    capabilities: octopush.capabilities,
    greeting: { method: 'GET', path: BALANCE, headers },
    requestFor: (call) => requestFor(call, { ...headers, 'content-type': 'application/json' }),
    resultOf,
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    health: (ask) => health(ask, { method: 'GET', path: BALANCE, headers }),
  };
}

/** Advertising is `wholesale`, and Octopush then asks for the mention; all else is `alert`. */
function requestFor(call: Call, headers: Readonly<Record<string, string>>): HttpRequest {
  const body = JSON.stringify({
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
  return { method: 'POST', path: '/sms-campaign/send', headers, body };
}

function resultOf(call: Call, answer: AnsweredExchange): SubmitResult {
  const json = answerJsonOf(answer.body);
  if (answer.status >= 200 && answer.status < 300) return accepted(call, json, answer);
  const said = Refused.safeParse(json);
  const proves = answer.status >= 400 && answer.status < 500;
  if (!said.success || !proves) return unreadableAnswer(call, answer);
  const { code, message: words } = said.data;
  const errorClass = classOfCode(answer.status, listedClass(code));
  return submitRefusalOf(call, { errorClass, code: String(code), words }, answer);
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

async function health(ask: Ask, request: HttpRequest): Promise<Health> {
  const answer = await ask(request);
  if (answer === undefined) return { ok: false, code: 'UNREACHABLE' };
  const balance = Balance.safeParse(answer.json);
  if (answer.status !== 200) return { ok: false, code: classOfStatus(answer.status) ?? 'CONFIG' };
  if (!balance.success) return { ok: false, code: 'UNREADABLE' };
  return { ok: true, credit: { amount: String(balance.data.amount) } };
}

/** Returns the class of an error code of Octopush; undefined for one that is not in its list. */
const listedClass = (code: number): ErrorClass | undefined => CLASS_OF.get(code);

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

/** A reply's ticket comes "if it's found": the number and the words suffice. */
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

/** Reads one call of Octopush, unsigned: receipts, replies and STOP. */
const readOctopushCall = (call: OperatorCall): CallContents => readCall(call, OCTOPUSH);

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

/** The public API, v1. */
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
  assumptions: [
    ...USUAL.first,
    ...USUAL.balance,
    ...USUAL.sent,
    'parts-told',
    'callback',
    ...USUAL.receipts,
    'receipt-clock',
    ...USUAL.reply,
  ],
  stopHow: bilingual.doctor.stopHow.codeOfAdvertising({ account: 'Octopush' }),
  read: readOctopushCall,
  http: { home: OCTOPUSH_URL, protocol: ({ credentials }) => octopushOperator(credentials) },
};
