import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type {
  ReceiptEvent,
  ReceiptState,
  CallContents,
  OperatorCall,
  RawRequest,
} from '../../sending/index.ts';
import { e164Of } from '../http/callback-fields.ts';
import type { Item } from '../http/call-items.ts';
import { known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';

/** The signed parts of a Twilio webhook. */
interface SignedCallback {
  /** The address as Twilio knows it, query included. */
  readonly url: string;
  /** Fields of a form; empty for JSON. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Statuses of a message in our terms; an unknown one says nothing. */
export const TWILIO_STATES: Readonly<Record<string, ReceiptState>> = {
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

/** The inputs of verifying a webhook. */
export interface TwilioListener {
  readonly authToken: string;
  /** Our inbound address as Twilio knows it. */
  readonly inboundUrl: string;
}

/** Says whether Twilio signed a call: the address with the fields of a form, or with the digest of any other body. */
export function isGenuineTwilioCall(
  { url, headers, body }: RawRequest,
  { authToken, inboundUrl }: TwilioListener,
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

/** Behind a proxy we see another scheme, host and port than were called: with and without a port. */
function addressesOf(calledUrl: string, inboundUrl: string): string[] {
  const { origin, href } = new URL(calledUrl);
  const ours = new URL(inboundUrl);
  const port = ours.protocol === 'https:' ? '443' : '80';
  const hosts = ours.port === '' ? [ours.hostname, `${ours.hostname}:${port}`] : [ours.host, ours.hostname];
  return hosts.map((host) => `${ours.protocol}//${host}${href.slice(origin.length)}`);
}

const ID = ['MessageSid', 'SmsSid', 'SmsMessageSid'];

/** Twilio itself reports a STOP where it keeps the list of a messaging service. */
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

/** Reads one call of Twilio, whose signature was already verified. */
export const readTwilioCall = (call: OperatorCall): CallContents => readCall(call, TWILIO);

const RECEIVED = new Set(['received', 'receiving']);

/** In a reply `From` is the person, in a receipt `To` is. */
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
  const matches = urls.map((url) => same(twilioSignature(authToken, { url, fields }), given));
  return matches.includes(true);
}

/** A JSON body is signed by its digest in the address. */
export const isBodySigned = (body: Buffer, digest: string): boolean =>
  same(createHash('sha256').update(body).digest('hex'), digest.toLowerCase());

function same(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
