import { z } from 'zod';
import { NOTHING, assuming, type CredentialsOf, type HttpOperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { HttpRequest } from '../connections.ts';
import type {
  Call,
  ReconcileQuestion,
  Reconciled,
  ReceiptEvent,
  ReceiptState,
  CallContents,
  OperatorCall,
} from '../../sending/index.ts';
import { internationalOf, known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';
import {
  acceptedOf,
  classOfStatus,
  healthIn,
  jsonRequest,
  receiptUrl,
  resultBy,
  type Get,
  type HttpOperator,
} from '../http/http-gateway.ts';
import { queryOf, formPairs, type Item } from '../http/call-items.ts';

/** The shape in public integrations; each field may be missing. */
const Refused = z.object({
  errorCode: z.union([z.string(), z.number()]).nullish().catch(undefined),
  title: z.unknown().optional(),
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
});
const Sent = z
  .object({ messageId: z.string().min(1).max(100) })
  .transform(({ messageId: gatewayId }) => ({ gatewayId }));

/** A message as smsmode shows it, in its list and at its own address. */
const Message = z.object({
  messageId: z.string().min(1).max(100),
  refClient: z.string().nullish(),
  recipient: z.object({ to: z.union([z.string(), z.number()]).transform(String) }).optional(),
  status: z.object({ value: z.string() }).nullish(),
});
const Listed = z.object({ items: z.array(Message) });

/** The largest page that it gives. */
const PAGE = 100;

/** Maximum number of messages to one person that are examined one by one. */
const LOOKED_AT = 20;

/** The protocol of smsmode: our key comes back with each message, and our message id in the address of each receipt. */
export function smsmodeOperator({ apiKey }: CredentialsOf<'smsmode'>, inboundUrl: string): HttpOperator {
  const headers = { 'x-api-key': apiKey, accept: 'application/json' };
  const campaigns: HttpRequest = { method: 'GET', path: '/campaigns', headers };
  return {
    greeting: campaigns,
    requestFor: (call) => jsonRequest('/messages', headers, bodyOf(call, inboundUrl)),
    resultOf,
    reconcile: (question, ask) => reconcile(question, (path) => ask({ method: 'GET', path, headers })),
    health: async (ask) => healthIn(await ask(campaigns)),
  };
}

const bodyOf = (call: Call, inboundUrl: string): object => ({
  recipient: { to: (call.recipients[0]?.to ?? '').replace('+', '') },
  body: { text: call.text },
  from: call.sender,
  refClient: call.key,
  callbackUrlStatus: receiptUrl(inboundUrl, call),
  callbackUrlMo: `${inboundUrl}?${REPLIES}=1`,
});

/**
 * Looks for our key in the list of recent messages, and in each message to that person where the list omits it. How
 * soon a message is listed is not documented: a missing one is asked for again, and proves nothing.
 */
async function reconcile({ key, recipients }: ReconcileQuestion, get: Get): Promise<Reconciled> {
  const [person] = recipients;
  if (key === null || person === undefined) return { kind: 'UNDECIDABLE', reason: 'several' };
  const answer = await get(`/messages?page=1&pageSize=${PAGE}`);
  if (answer?.status !== 200) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  const listed = Listed.safeParse(answer.json);
  if (!listed.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
  // Without a number, the key alone names it.
  const theirs = listed.data.items.filter(
    ({ recipient }) => person.to === '' || internationalOf(recipient?.to ?? '') === person.to,
  );
  const named = theirs.find(({ refClient }) => refClient === key) ?? (await detailed(theirs, key, get));
  if (named === undefined) return { kind: 'UNDECIDABLE', reason: 'not-yet' };
  const state = SMSMODE_STATES.get(named.status?.value.toUpperCase() ?? '');
  const found = { ...person, gatewayId: named.messageId, ...(state !== undefined && { state }) };
  return { kind: 'FOUND', perRecipient: [found], missing: [] };
}

async function detailed(
  listed: readonly z.infer<typeof Message>[],
  key: string,
  get: Get,
): Promise<z.infer<typeof Message> | undefined> {
  const unnamed = listed.filter(({ refClient }) => typeof refClient !== 'string').slice(0, LOOKED_AT);
  for (const { messageId } of unnamed) {
    const answer = await get(`/messages/${encodeURIComponent(messageId)}`);
    const one = Message.safeParse(answer?.json);
    if (answer?.status === 200 && one.success && one.data.refClient === key) return one.data;
  }
  return undefined;
}

/**
 * Reads answers. Its codes are not published: their HTTP status shows whose fault it is, and a person reads the
 * rest.
 */
const resultOf = resultBy({
  accepted: (call, json, answer) => acceptedOf(call, answer, Sent.safeParse(json).data),
  refused: (json, status) => {
    if (json === undefined) return undefined;
    const { errorCode, detail, message, title } = Refused.safeParse(json).data ?? {};
    return {
      errorClass: classOfStatus(status) ?? 'UNLISTED',
      code: String(errorCode ?? `HTTP_${status}`),
      words: detail ?? message ?? title,
    };
  },
});

/** States by status; other statuses say nothing. */
const SMSMODE_STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['SCHEDULED', 'PENDING'],
  ['PENDING', 'PENDING'],
  ['ENROUTE', 'PENDING'],
  ['SENT', 'PENDING'],
  ['ACCEPTED', 'PENDING'],
  ['BUFFERED', 'BUFFERED'],
  ['DELIVERED', 'DELIVERED'],
  ['UNDELIVERED', 'UNDELIVERED'],
  ['UNDELIVERABLE', 'UNDELIVERED'],
  ['FAILED', 'UNDELIVERED'],
  ['EXPIRED', 'EXPIRED'],
  ['REJECTED', 'REJECTED'],
  ['CANCELED', 'REJECTED'],
  ['CANCELLED', 'REJECTED'],
]);

/** The query name that marks a reply: we give it in the address for replies, with each message. */
const REPLIES = 'mo';

const ID = ['messageId', 'smsID', 'id'];
const STATUS = ['status.value', 'status', 'statut'];
const WORDS = ['body.text', 'text', 'message', 'body'];

/**
 * Both generations of its interface: JSON with nested objects, and fields of a query under French names. A receipt
 * may repeat our own text, so its words are nobody's; the addresses that we give with a message separate it from a
 * reply.
 */
const SMSMODE: Dialect = {
  words: WORDS,
  receiptOf,
  person: ['numero', 'from', 'sender', 'recipient.to', 'to'],
  // smsmode writes the country without its plus.
  numberOf: internationalOf,
  isStop: () => false,
  about: (item, { person }) => {
    const [id, date] = [item.id('responseID', ...ID), item.id('receivedDate', 'date_reception', 'date')];
    return {
      identity: id === undefined ? undefined : `mo ${id} ${person ?? ''} ${date ?? ''}`,
      occurredAt: date,
      to: item.id('emetteur', 'recipient.to'),
    };
  },
};

function readSmsmodeCall(call: OperatorCall): CallContents {
  const isReply = formPairs(queryOf(call)).some(([name]) => name === REPLIES);
  return readCall(call, isReply ? { ...SMSMODE, receiptOf: () => undefined } : SMSMODE);
}

const isOfPerson = (item: Item): boolean =>
  item.has('responseID') || item.id('type', 'direction', 'flow')?.toUpperCase() === 'MO';

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const [id, status] = [item.id(...ID), item.id(...STATUS)?.toUpperCase()];
  if (isOfPerson(item) || (id === undefined && reference === undefined)) return undefined;
  if (status === undefined && item.has(...WORDS)) return undefined;
  const to = item.read(['recipient.to', 'numero', 'to'], internationalOf) ?? person;
  return {
    kind: 'receipt',
    identity: `${id ?? reference} ${status ?? ''}`,
    state: SMSMODE_STATES.get(status ?? '') ?? 'UNKNOWN_FINAL',
    ...known({ code: status, gatewayId: id, reference, to }),
  };
}

export const smsmode: HttpOperatorEntry<'smsmode'> = {
  // Its list shows our key; how soon is not documented, so that absence proves nothing.
  capabilities: {
    ...NOTHING,
    lookup: 'by-key',
    indexingDelayMs: Number.POSITIVE_INFINITY,
  },
  assumptions: assuming('callback', 'receipt-reference', 'look-up'),
  stopHow: bilingual.doctor.stopHow.knownCode({ account: 'smsmode', code: '36034' }),
  read: readSmsmodeCall,
  home: 'https://rest.smsmode.com/sms/v1',
  protocol: ({ credentials }, { inboundUrl }) => smsmodeOperator(credentials, inboundUrl),
};
