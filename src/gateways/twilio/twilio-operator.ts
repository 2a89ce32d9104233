import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { NOTHING, validityOf, assuming, type CredentialsOf, type HttpOperatorEntry } from '../entry.ts';
import type { Purpose } from '../../rule/index.ts';
import { isSameSecret } from '../../crypto/index.ts';
import { bilingual } from '../../words/index.ts';
import type { HttpRequest } from '../connections.ts';
import type {
  Call,
  ErrorClass,
  ReconcileQuestion,
  Reconciled,
  ReceiptEvent,
  ReceiptState,
  RawRequest,
} from '../../sending/index.ts';
import {
  acceptedOf,
  classOfCode,
  healthIn,
  receiptUrl,
  resultBy,
  type Get,
  type HttpOperator,
} from '../http/http-gateway.ts';
import { e164Of, known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';
import type { Item } from '../http/call-items.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * The classes of refusals by code. 21408, a closed region, is not among them: it concerns one person of a campaign.
 */
const CLASSES: Readonly<Record<number, ErrorClass>> = {
  20003: 'CONFIG',
  20429: 'THROTTLED',
  21211: 'PERMANENT_RECIPIENT',
  21610: 'OPTED_OUT',
  21611: 'RETRYABLE',
  21614: 'PERMANENT_RECIPIENT',
  21617: 'PERMANENT_CONTENT',
  30001: 'RETRYABLE',
  30006: 'PERMANENT_RECIPIENT',
  30007: 'PERMANENT_CONTENT',
  30047: 'RETRYABLE',
};

/** The purposes of messages in Twilio's terms. */
const INTENTS: Readonly<Record<Purpose, string>> = {
  marketing: 'marketing',
  appointment: 'notifications',
  renewal: 'notifications',
  payment: 'notifications',
  acknowledgement: 'notifications',
  confirmation: 'otp',
};

const Sent = z
  .object({ sid: z.string().min(1).max(100), num_segments: z.string().optional() })
  .transform(({ sid: gatewayId, num_segments }) => {
    const parts = Number(num_segments ?? 0);
    // Not counted yet while it is queued.
    return { gatewayId, ...(parts > 0 && { parts }) };
  });
const Refused = z.object({ code: z.number().int(), message: z.unknown().optional() });
const Listed = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      to: z.string(),
      body: z.string(),
      status: z.string(),
      date_created: z.string(),
    }),
  ),
});
const Balance = z
  .object({ balance: z.string(), currency: z.string() })
  .transform(({ balance: amount, currency }) => ({ credit: { amount, currency } }));

/** Twilio's clock may be behind ours by so much. */
const SKEW_MS = 5_000;

/** The protocol of Twilio: no key, but our message id in the address of each receipt, and a searchable list. */
export function twilioOperator(credentials: CredentialsOf<'twilio'>, inboundUrl: string): HttpOperator {
  const { accountSid, authToken } = credentials;
  const account = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const get = (path: string): HttpRequest => ({
    method: 'GET',
    path: account + path,
    headers: { authorization },
  });
  return {
    greeting: get('.json'),
    requestFor: (call) => ({
      method: 'POST',
      path: `${account}/Messages.json`,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf(call, { ...credentials, inboundUrl }).toString(),
    }),
    resultOf,
    reconcile: (question, ask) => reconcile(question, (path) => ask(get(path))),
    health: async (ask) => healthIn(await ask(get('/Balance.json')), Balance),
  };
}

/**
 * Builds the form of a call; the account decides the sender: a messaging service, a number, or the call's own where
 * letters are allowed.
 */
function formOf(
  call: Call,
  {
    messagingServiceSid,
    from,
    inboundUrl,
  }: Omit<CredentialsOf<'twilio'>, 'accountSid'> & { readonly inboundUrl: string },
): URLSearchParams {
  const validForMs = validityOf(call, twilio.capabilities);
  return new URLSearchParams({
    To: call.recipients[0]?.to ?? '',
    ...(messagingServiceSid === undefined
      ? { From: from ?? call.sender }
      : { MessagingServiceSid: messagingServiceSid }),
    Body: call.text,
    StatusCallback: receiptUrl(inboundUrl, call),
    // The text was made and counted here.
    SmartEncoded: 'false',
    MessageIntent: INTENTS[call.purpose],
    ...(validForMs !== undefined && { ValidityPeriod: String(Math.floor(validForMs / 1_000)) }),
  });
}

const resultOf = resultBy({
  accepted: (call, json, answer) => acceptedOf(call, answer, Sent.safeParse(json).data),
  refused: (json, status) => {
    const { data } = Refused.safeParse(json);
    if (data === undefined) return undefined;
    const { code, message: words } = data;
    return { errorClass: classOfCode(status, CLASSES[code]), code: String(code), words };
  },
});

/** Maximum number of listed messages of one number. */
const MOST_LISTED = 100;

/**
 * Looks for the same text to the same number since the mark: one is ours, several need a person. Another text to
 * that number may be ours too, since link shortening and trimming change it: then a person decides.
 */
async function reconcile(
  { recipients, since: marked, text }: ReconcileQuestion,
  get: Get,
): Promise<Reconciled> {
  const [person] = recipients;
  if (person === undefined || person.to === '' || text === undefined)
    return { kind: 'UNDECIDABLE', reason: 'several' };
  // Not by date sent: what still waits in a queue has none. The newest come first.
  const query = new URLSearchParams({ To: person.to, PageSize: String(MOST_LISTED) });
  const answer = await get(`/Messages.json?${query.toString()}`);
  if (answer?.status !== 200) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  const listed = Listed.safeParse(answer.json);
  if (!listed.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
  const from = Date.parse(marked) - SKEW_MS;
  // A date that cannot be read may be any.
  const since = listed.data.messages.filter(
    ({ to, date_created }) => to === person.to && !(Date.parse(date_created) < from),
  );
  const alike = since.filter(({ body }) => body === text);
  const [one] = alike;
  if (one === undefined && since.length === 0) return { kind: 'NOT_FOUND' };
  if (one === undefined || alike.length > 1) return { kind: 'UNDECIDABLE', reason: 'several' };
  const state = TWILIO_STATES[one.status] ?? 'PENDING';
  return { kind: 'FOUND', perRecipient: [{ ...person, gatewayId: one.sid, state }], missing: [] };
}

interface SignedCallback {
  /** The address as Twilio knows it, query included. */
  readonly url: string;
  /** Fields of a form; empty for JSON. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Statuses of a message in our terms; an unknown one says nothing. */
const TWILIO_STATES: Readonly<Record<string, ReceiptState>> = {
  accepted: 'PENDING',
  scheduled: 'PENDING',
  queued: 'PENDING',
  sending: 'PENDING',
  sent: 'PENDING',
  delivered: 'DELIVERED',
  read: 'DELIVERED',
  undelivered: 'UNDELIVERED',
  failed: 'UNDELIVERED',
  canceled: 'REJECTED',
};

/** Codes of receipts that say more than "undelivered". */
const BY_CODE: Readonly<Record<string, ReceiptState>> = {
  '21610': 'OPTED_OUT',
  '30004': 'REJECTED',
  '30007': 'REJECTED',
  '30008': 'UNKNOWN_FINAL',
};

/** Codes of unassigned numbers, and of numbers without SMS. */
const BAD_NUMBERS = new Set(['21211', '21614', '30005', '30006']);

/** Says whether Twilio signed a call: the address with the fields of a form, or with the digest of any other body. */
export function isGenuineTwilioCall(
  { url, headers, body }: RawRequest,
  /** Our inbound address as Twilio knows it. */
  { authToken, inboundUrl }: { readonly authToken: string; readonly inboundUrl: string },
): boolean {
  const given = headers['x-twilio-signature'];
  if (typeof given !== 'string') return false;
  const digest = new URL(url).searchParams.get('bodySHA256');
  if (digest !== null && !isBodySigned(body, digest)) return false;
  const isForm = isFormBody(headers['content-type'], body);
  // Without a digest nothing proves who signed.
  if (!isForm && digest === null) return false;
  const fields = isForm ? [...new URLSearchParams(body.toString('utf8'))] : [];
  return isSigned(authToken, given, { urls: addressesOf(url, inboundUrl), fields });
}

const isFormBody = (contentType: string | readonly string[] | undefined, body: Buffer): boolean =>
  body.length === 0 || !String(contentType).includes('json');

/**
 * Returns the addresses that Twilio may have signed: behind a proxy we see another scheme, host and port than were
 * called.
 */
function addressesOf(calledUrl: string, inboundUrl: string): string[] {
  const { origin, href } = new URL(calledUrl);
  const ours = new URL(inboundUrl);
  const port = ours.protocol === 'https:' ? '443' : '80';
  const hosts = ours.port === '' ? [ours.hostname, `${ours.hostname}:${port}`] : [ours.host, ours.hostname];
  return hosts.map((host) => `${ours.protocol}//${host}${href.slice(origin.length)}`);
}

const ID = ['MessageSid', 'SmsSid', 'SmsMessageSid'];

/** Twilio's vocabulary; it reports a STOP itself where it keeps the list of a messaging service. */
const TWILIO: Dialect = {
  person: ['From'],
  words: ['Body'],
  isStop: (item) => item.id('OptOutType')?.toUpperCase() === 'STOP',
  // An id shared by two people is not trusted to identify one reply: a repeated STOP harms nobody.
  about: (item, { person }) => {
    const id = item.id(...ID);
    return { identity: id === undefined ? undefined : `${id} ${person ?? ''}`, to: item.id('To') };
  },
  receiptOf,
};

const RECEIVED = new Set(['received', 'receiving']);

/** Reads a receipt, in which `To` is the person; in a reply `From` is. */
function receiptOf(item: Item, { reference }: ItemContext): ReceiptEvent | undefined {
  const id = item.id(...ID);
  const status = item.id('MessageStatus', 'SmsStatus')?.toLowerCase();
  const isReply = item.has('Body', 'OptOutType') && !item.has('MessageStatus');
  if (id === undefined || isReply || RECEIVED.has(status ?? '')) return undefined;
  const to = item.read(['To'], e164Of);
  const why = whyOf(status, item.id('ErrorCode'));
  return {
    kind: 'receipt',
    identity: `${id} ${status ?? ''} ${why.code ?? ''}`,
    gatewayId: id,
    ...known({ reference, to }),
    ...why,
  };
}

function whyOf(
  status: string | undefined,
  code: string | undefined,
): Pick<ReceiptEvent, 'state' | 'code' | 'numberIsBad'> {
  const state = Object.hasOwn(TWILIO_STATES, status ?? '') ? TWILIO_STATES[status ?? ''] : undefined;
  if (code === undefined) return { state: state ?? 'PENDING' };
  return {
    state: state === 'UNDELIVERED' ? (BY_CODE[code] ?? state) : (state ?? 'PENDING'),
    code,
    ...(BAD_NUMBERS.has(code) && { numberIsBad: true }),
  };
}

/** Signs a webhook: the address, then each field with its value, in order; equal ones count once. */
export function twilioSignature(authToken: string, { url, fields }: SignedCallback): string {
  const values = Map.groupBy(fields, ([name]) => name);
  const text = [...values.keys()]
    .toSorted()
    .flatMap((name) =>
      [...new Set(values.get(name)?.map(([, value]) => value))].toSorted().map((value) => name + value),
    )
    .join('');
  return createHmac('sha1', authToken)
    .update(url + text, 'utf8')
    .digest('base64');
}

/** Says whether a webhook is signed for one of its possible addresses; in constant time. */
export function isSigned(
  authToken: string,
  given: string,
  { urls, fields }: Pick<SignedCallback, 'fields'> & { readonly urls: readonly string[] },
): boolean {
  const matches = urls.map((url) => isSameSecret(twilioSignature(authToken, { url, fields }), given));
  return matches.includes(true);
}

/** Says whether a JSON body is signed: its digest is in the signed address. */
export const isBodySigned = (body: Buffer, digest: string): boolean =>
  isSameSecret(createHash('sha256').update(body).digest('hex'), digest.toLowerCase());

export const twilio: HttpOperatorEntry<'twilio'> = {
  // Our message id comes back in the address of each receipt, so that a lost answer is found by it.
  capabilities: {
    ...NOTHING,
    lookup: 'by-recipient',
    signedCallbacks: true,
    indexingDelayMs: 10 * MINUTE_MS,
    canReceive: true,
    validity: { shortestMs: 1_000, longestMs: 10 * HOUR_MS },
    reports: { parts: true, cost: false },
  },
  // Parts are counted later than its answer.
  assumptions: assuming(
    'credit-told',
    'credit-left',
    'callback',
    'signature',
    'receipt-reference',
    'look-up',
  ),
  stopHow: bilingual.doctor.stopHow.reply,
  /** Reads one call, whose signature was already verified. */
  read: (call) => readCall(call, TWILIO),
  isGenuine: (request, { credentials: { authToken } }, inboundUrl) =>
    isGenuineTwilioCall(request, { authToken, inboundUrl }),
  home: 'https://api.twilio.com',
  protocol: ({ credentials }, { inboundUrl }) => twilioOperator(credentials, inboundUrl),
};
