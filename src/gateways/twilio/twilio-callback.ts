import type { Callback, GatewayEvent, RawRequest, ReceiptEvent, ReceiptState } from '../gateway.ts';
import { e164Of } from '../http/callback-fields.ts';
import { readJson } from '../http/read-json.ts';
import { isBodySigned, isSigned } from './twilio-signature.ts';

/** Statuses of a message, in our words; one that is not known says nothing. */
export const TWILIO_STATES: Readonly<Record<string, ReceiptState>> = {
  accepted: 'PENDING',
  scheduled: 'PENDING',
  queued: 'PENDING',
  sending: 'PENDING',
  sent: 'PENDING',
  delivered: 'DELIVERED',
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

/** Numbers that nobody has, or that take no SMS. */
const BAD_NUMBERS = new Set(['21211', '21614', '30005', '30006']);

/** What a webhook is verified with. */
export interface TwilioListener {
  readonly authToken: string;
  /** Our inbound address as Twilio knows it. */
  readonly inboundUrl: string;
}

/** What Twilio tells in one call, once its signature holds. */
export function parseTwilioCallback(request: RawRequest, listener: TwilioListener): Callback {
  const isJson = String(request.headers['content-type'] ?? '').includes('json');
  const form = isJson ? {} : Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  if (!isGenuine(request, listener, form)) return { kind: 'REJECTED', reason: 'signature' };
  const fields = isJson ? stringsOf(readJson(request.body.toString('utf8'))) : form;
  const event = eventOf(fields, new URL(request.url).searchParams.get('m') ?? undefined);
  return event === undefined
    ? { kind: 'REJECTED', reason: 'malformed' }
    : { kind: 'EVENTS', events: [event] };
}

function isGenuine(
  { url, headers, body }: RawRequest,
  { authToken, inboundUrl }: TwilioListener,
  fields: Readonly<Record<string, string>>,
): boolean {
  const given = headers['x-twilio-signature'];
  if (typeof given !== 'string') return false;
  const digest = new URL(url).searchParams.get('bodySHA256');
  if (digest !== null && !isBodySigned(body, digest)) return false;
  return isSigned(authToken, given, { urls: addressesOf(url, inboundUrl), fields });
}

/** Behind a proxy we hear another scheme, host and port than were called: with and without a port. */
function addressesOf(heard: string, inboundUrl: string): string[] {
  const { pathname, search } = new URL(heard);
  const known = new URL(inboundUrl);
  const port = known.protocol === 'https:' ? '443' : '80';
  const hosts =
    known.port === '' ? [known.hostname, `${known.hostname}:${port}`] : [known.host, known.hostname];
  return hosts.map((host) => `${known.protocol}//${host}${pathname}${search}`);
}

const stringsOf = (json: unknown): Record<string, string> =>
  typeof json === 'object' && json !== null
    ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, String(value)]))
    : {};

function eventOf(
  fields: Readonly<Record<string, string>>,
  reference: string | undefined,
): GatewayEvent | undefined {
  const id = fields['MessageSid'] ?? fields['SmsSid'];
  if (id === undefined) return undefined;
  return fields['MessageStatus'] === undefined && fields['Body'] !== undefined
    ? replyOf(id, fields)
    : receiptOf(id, fields, reference);
}

/** Twilio itself says STOP where it keeps the list of a messaging service. */
function replyOf(id: string, fields: Readonly<Record<string, string>>): GatewayEvent | undefined {
  const from = e164Of(fields['From'] ?? '');
  if (from === undefined) return undefined;
  const { To: to, Body: text = '' } = fields;
  const said = { identity: id, from, ...(to !== undefined && { to }), text };
  return fields['OptOutType'] === 'STOP' ? { kind: 'stop', ...said } : { kind: 'reply', ...said };
}

function receiptOf(
  id: string,
  fields: Readonly<Record<string, string>>,
  reference: string | undefined,
): GatewayEvent | undefined {
  const status = fields['MessageStatus'] ?? fields['SmsStatus'];
  if (status === undefined) return undefined;
  const to = e164Of(fields['To'] ?? '');
  const why = whyOf(status, fields['ErrorCode']);
  return {
    kind: 'receipt',
    identity: `${id} ${status} ${why.code ?? ''}`,
    gatewayId: id,
    ...(reference !== undefined && { reference }),
    ...(to !== undefined && { to }),
    ...why,
  };
}

function whyOf(
  status: string,
  code: string | undefined,
): Pick<ReceiptEvent, 'state' | 'code' | 'numberIsBad'> {
  const state = TWILIO_STATES[status] ?? 'PENDING';
  if (code === undefined) return { state };
  return {
    state: state === 'UNDELIVERED' ? (BY_CODE[code] ?? state) : state,
    code,
    ...(BAD_NUMBERS.has(code) && { numberIsBad: true }),
  };
}
