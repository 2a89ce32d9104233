import { z } from 'zod';

import { CAPABILITIES } from '../capabilities.ts';
import type { AnsweredExchange, HttpRequest } from '../exchange.ts';
import type {
  Call,
  CallPurpose,
  ErrorClass,
  Health,
  ReconcileQuestion,
  Reconciled,
  SubmitResult,
} from '../../sending/index.ts';
import type { Ask, HttpOperator } from '../http/operator.ts';
import { answerJsonOf } from '../http/read-json.ts';
import { classOfCode, classOfStatus, submitRefusalOf, unreadableAnswer } from '../http/refusal.ts';
import { validityOf } from '../submitted-text.ts';
import { TWILIO_STATES } from './twilio-callback.ts';

/** The credentials at Twilio, and the sender. */
export interface TwilioCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid?: string | undefined;
  readonly from?: string | undefined;
}

/** Base URL of its API. */
export const TWILIO_URL = 'https://api.twilio.com';

/** 21408, a closed region, concerns one person: others of the campaign live elsewhere. */
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
const INTENTS: Readonly<Record<CallPurpose, string>> = {
  marketing: 'marketing',
  appointment: 'notifications',
  renewal: 'notifications',
  payment: 'notifications',
  acknowledgement: 'notifications',
  confirmation: 'otp',
};

const Sent = z.object({ sid: z.string().min(1).max(100), num_segments: z.string().optional() });
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
const Balance = z.object({ balance: z.string(), currency: z.string() });

/** Twilio's clock may be behind ours by so much. */
const SKEW_MS = 5_000;

/** The protocol of Twilio: no key, but our message id in the address of each receipt, and a searchable list. */
export function twilioOperator(credentials: TwilioCredentials, inboundUrl: string): HttpOperator {
  const { accountSid, authToken } = credentials;
  const account = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const get = (path: string): HttpRequest => ({
    method: 'GET',
    path: account + path,
    headers: { authorization },
  });
  return {
    kind: 'twilio',
    capabilities: CAPABILITIES.twilio,
    greeting: get('.json'),
    requestFor: (call) => ({
      method: 'POST',
      path: `${account}/Messages.json`,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf(call, { ...credentials, inboundUrl }).toString(),
    }),
    resultOf,
    reconcile: (question, ask) => reconcile(question, (path) => ask(get(path))),
    health: (ask) => health((path) => ask(get(path))),
  };
}

/** The account decides the sender: a messaging service, a number, or the given sender where letters are allowed. */
function formOf(
  call: Call,
  {
    messagingServiceSid,
    from,
    inboundUrl,
  }: Omit<TwilioCredentials, 'accountSid'> & { readonly inboundUrl: string },
): URLSearchParams {
  const [recipient] = call.recipients;
  const validForMs = validityOf(call, CAPABILITIES.twilio);
  return new URLSearchParams({
    To: recipient?.to ?? '',
    ...(messagingServiceSid === undefined
      ? { From: from ?? call.sender }
      : { MessagingServiceSid: messagingServiceSid }),
    Body: call.text,
    StatusCallback: `${inboundUrl}?m=${encodeURIComponent(recipient?.reference ?? '')}`,
    // The text was made and counted here.
    SmartEncoded: 'false',
    MessageIntent: INTENTS[call.purpose],
    ...(validForMs !== undefined && { ValidityPeriod: String(Math.floor(validForMs / 1_000)) }),
  });
}

function resultOf(call: Call, answer: AnsweredExchange): SubmitResult {
  const json = answerJsonOf(answer.body);
  const { status, firstByteAt, answeredAt } = answer;
  if (status >= 200 && status < 300) {
    const sent = Sent.safeParse(json);
    const moments = { firstByteAt, answeredAt };
    if (!sent.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
    const parts = Number(sent.data.num_segments ?? 0);
    const perRecipient = call.recipients.map(({ to }) => ({
      to,
      gatewayId: sent.data.sid,
      // Not counted yet while it is queued.
      ...(parts > 0 && { parts }),
    }));
    return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
  }
  const said = Refused.safeParse(json);
  if (!said.success || status < 400 || status >= 500) return unreadableAnswer(call, answer);
  const { code, message: words } = said.data;
  const errorClass = classOfCode(status, CLASSES[code]);
  return submitRefusalOf(call, { errorClass, code: String(code), words }, answer);
}

type Get = (path: string) => ReturnType<Ask>;

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
  const same = since.filter(({ body }) => body === text);
  const [one] = same;
  if (one === undefined && since.length === 0) return { kind: 'NOT_FOUND' };
  if (one === undefined || same.length > 1) return { kind: 'UNDECIDABLE', reason: 'several' };
  const state = TWILIO_STATES[one.status] ?? 'PENDING';
  return { kind: 'FOUND', perRecipient: [{ ...person, gatewayId: one.sid, state }], missing: [] };
}

async function health(get: Get): Promise<Health> {
  const answer = await get('/Balance.json');
  if (answer === undefined) return { ok: false, code: 'UNREACHABLE' };
  if (answer.status !== 200) return { ok: false, code: classOfStatus(answer.status) ?? 'CONFIG' };
  const balance = Balance.safeParse(answer.json);
  if (!balance.success) return { ok: false, code: 'UNREADABLE' };
  return { ok: true, credit: { amount: balance.data.balance, currency: balance.data.currency } };
}
