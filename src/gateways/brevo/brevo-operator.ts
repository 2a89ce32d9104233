import { z } from 'zod';
import { NOTHING, withStopCode, assuming, type CredentialsOf, type HttpOperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { HttpRequest } from '../connections.ts';
import type { Call, ErrorClass, ReceiptEvent, ReceiptState } from '../../sending/index.ts';
import {
  acceptedOf,
  classOfStatus,
  healthIn,
  jsonRequest,
  receiptUrl,
  resultBy,
  type HttpOperator,
} from '../http/http-gateway.ts';
import { internationalOf, known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';
import type { Item } from '../http/call-items.ts';

/** Brevo replaces this word by its own short code. */
const STOP_CODE = '[STOP_CODE]';

const Id = z.union([z.string().min(1).max(100), z.number()]).transform(String);
const Sent = z.object({ messageId: Id }).transform(({ messageId: gatewayId }) => ({ gatewayId }));
const Refused = z.object({ code: z.string(), message: z.string() });
const Account = z
  .object({ plan: z.array(z.object({ type: z.string(), credits: z.number() })) })
  .transform(({ plan }) => {
    const sms = plan.find(({ type }) => type === 'sms');
    return sms === undefined ? {} : { credit: { amount: String(sms.credits) } };
  });

/** The protocol of Brevo: no key; the address of each receipt contains our message id, so that a lost answer is found by it. */
export function brevoOperator({ apiKey }: CredentialsOf<'brevo'>, inboundUrl: string): HttpOperator {
  const headers = { 'api-key': apiKey, accept: 'application/json' };
  const account: HttpRequest = { method: 'GET', path: '/account', headers };
  return {
    greeting: account,
    requestFor: (call) => jsonRequest('/transactionalSMS/send', headers, bodyOf(call, inboundUrl)),
    resultOf,
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    health: async (ask) => healthIn(await ask(account), Account),
  };
}

function bodyOf(call: Call, inboundUrl: string): object {
  const isAdvertising = call.purpose === 'marketing';
  return {
    sender: call.sender,
    recipient: (call.recipients[0]?.to ?? '').replace('+', ''),
    content: isAdvertising ? withStopCode(call.text, STOP_CODE) : call.text,
    type: isAdvertising ? 'marketing' : 'transactional',
    tag: call.key,
    webUrl: receiptUrl(inboundUrl, call),
    unicodeEnabled: call.encoding === 'UCS-2',
  };
}

const resultOf = resultBy({
  accepted: (call, json, answer) => acceptedOf(call, answer, Sent.safeParse(json).data),
  refused: (json, status) => {
    const { data } = Refused.safeParse(json);
    return data && { errorClass: classOf(status, data), code: data.code, words: data.message };
  },
});

function classOf(status: number, { code, message }: z.infer<typeof Refused>): ErrorClass {
  if (code === 'not_enough_credits') return 'CREDIT';
  if (OF_ACCOUNT.has(code)) return 'CONFIG';
  const byStatus = classOfStatus(status);
  if (byStatus !== undefined) return byStatus;
  if (/sender|content|text/i.test(message)) return 'PERMANENT_CONTENT';
  return BAD_NUMBER_WORDS.test(message) ? 'PERMANENT_RECIPIENT' : 'UNLISTED';
}

const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'unauthorized',
  'permission_denied',
  'account_under_validation',
]);

/** The only words by which a number is given up: other messages mention numbers as well. */
const BAD_NUMBER_WORDS =
  /invalid (?:tele)?(?:phone|mobile|recipient)|(?:phone|mobile|recipient)(?: number)? is (?:not valid|invalid)/i;

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['accepted', 'PENDING'],
  ['sent', 'PENDING'],
  ['delivered', 'DELIVERED'],
  ['softbounces', 'UNDELIVERED'],
  ['softbounce', 'UNDELIVERED'],
  ['hardbounces', 'UNDELIVERED'],
  ['hardbounce', 'UNDELIVERED'],
  ['bounces', 'UNDELIVERED'],
  ['blocked', 'REJECTED'],
  ['rejected', 'REJECTED'],
  ['skipped', 'REJECTED'],
]);

const BAD_NUMBER_STATES = new Set(['hardbounces', 'hardbounce']);
const STOPPED = new Set(['unsubscription', 'unsubscribe', 'unsubscribed']);
const REPLIED = new Set(['replies', 'reply', 'replied']);

const STATUS = ['msg_status', 'status', 'event'];
const ID = ['messageId', 'message_id'];

/** Normalizes an event's name: no case or punctuation. */
const statusOf = (item: Item): string | undefined =>
  item
    .id(...STATUS)
    ?.toLowerCase()
    .replaceAll(/[^a-z]/g, '');

/**
 * Brevo's vocabulary. A reply's words have one of two names, by the page of the documentation; `text` may be ours in
 * a receipt.
 */
const BREVO: Dialect = {
  person: ['to', 'from', 'number', 'phone', 'recipient', 'mobile'],
  // Brevo writes the country without its plus.
  numberOf: internationalOf,
  words: ['reply', 'text'],
  isStop: (item) => STOPPED.has(statusOf(item) ?? ''),
  about: (item, { person, reference }) => {
    const [id, date] = [item.id(...ID), item.id('date')];
    const said = [id, person, item.id(...STATUS), date, item.first('reply', 'text')];
    return {
      identity: id === undefined && date === undefined ? undefined : said.map((one) => one ?? '').join(' '),
      occurredAt: date,
      gatewayId: id,
      reference,
    };
  },
  receiptOf,
};

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const [id, status = '', date] = [item.id(...ID), statusOf(item), item.id('date')];
  if (STOPPED.has(status) || REPLIED.has(status) || item.has('reply')) return undefined;
  if ((status === '' && item.has('text')) || (id ?? reference) === undefined) return undefined;
  const code = item.id(...STATUS);
  return {
    kind: 'receipt',
    identity: [id, person, code, date, item.first('text')].map((one) => one ?? '').join(' '),
    state: STATES.get(status) ?? 'UNKNOWN_FINAL',
    ...known({ code, to: person, gatewayId: id, reference, occurredAt: date }),
    ...(BAD_NUMBER_STATES.has(status) && { numberIsBad: true }),
  };
}

export const brevo: HttpOperatorEntry<'brevo'> = {
  // Its events can be listed by a tag with our key, but some pages cut a tag at ten characters: absence would prove
  // nothing. The address of each receipt names the message instead.
  capabilities: {
    ...NOTHING,
    ownWindow: true,
    stopMentionReclassifies: true,
  },
  assumptions: assuming('credit-told', 'credit-left', 'callback', 'receipt-reference', 'receipt-clock'),
  stopHow: bilingual.doctor.stopHow.code({ account: 'Brevo' }),
  /** Reads one call, unsigned: one event, or several where batches were requested. */
  read: (call) => readCall(call, BREVO),
  home: 'https://api.brevo.com/v3',
  protocol: ({ credentials }, { inboundUrl }) => brevoOperator(credentials, inboundUrl),
};
