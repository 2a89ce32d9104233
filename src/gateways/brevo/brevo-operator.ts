import { z } from 'zod';

import { CAPABILITIES } from '../capabilities.ts';
import type { AnsweredExchange, HttpRequest } from '../exchange.ts';
import type { Call, ErrorClass, Health, SubmitResult } from '../../sending/index.ts';
import type { Ask, HttpOperator } from '../http/operator.ts';
import { answerJsonOf } from '../http/read-json.ts';
import { classOfStatus, submitRefusalOf, unreadableAnswer } from '../http/refusal.ts';
import { withStopCode } from '../submitted-text.ts';

/** The credentials at Brevo. */
export interface BrevoCredentials {
  readonly apiKey: string;
}

/** Base URL of its API, version 3. */
export const BREVO_URL = 'https://api.brevo.com/v3';

/** Brevo replaces this word by its own short code. */
const STOP_CODE = '[STOP_CODE]';

const Id = z.union([z.string().min(1).max(100), z.number()]).transform(String);
const Sent = z.object({ messageId: Id });
const Refused = z.object({ code: z.string(), message: z.string() });
const Account = z.object({ plan: z.array(z.object({ type: z.string(), credits: z.number() })) });

/** The protocol of Brevo: no key; the address of each receipt contains our message id, so that a lost answer is found by it. */
export function brevoOperator({ apiKey }: BrevoCredentials, inboundUrl: string): HttpOperator {
  const headers = { 'api-key': apiKey, accept: 'application/json' };
  const account: HttpRequest = { method: 'GET', path: '/account', headers };
  return {
    kind: 'brevo',
    capabilities: CAPABILITIES.brevo,
    greeting: account,
    requestFor: (call) => ({
      method: 'POST',
      path: '/transactionalSMS/send',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(call, inboundUrl)),
    }),
    resultOf,
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    health: (ask) => health(ask, account),
  };
}

function bodyOf(call: Call, inboundUrl: string): object {
  const isAdvertising = call.purpose === 'marketing';
  const [recipient] = call.recipients;
  return {
    sender: call.sender,
    recipient: (recipient?.to ?? '').replace('+', ''),
    content: isAdvertising ? withStopCode(call.text, STOP_CODE) : call.text,
    type: isAdvertising ? 'marketing' : 'transactional',
    tag: call.key,
    webUrl: `${inboundUrl}?m=${encodeURIComponent(recipient?.reference ?? '')}`,
    unicodeEnabled: call.encoding === 'UCS-2',
  };
}

function resultOf(call: Call, answer: AnsweredExchange): SubmitResult {
  const json = answerJsonOf(answer.body);
  const { status, firstByteAt, answeredAt } = answer;
  if (status >= 200 && status < 300) {
    const sent = Sent.safeParse(json);
    const moments = { firstByteAt, answeredAt };
    if (!sent.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
    const perRecipient = call.recipients.map(({ to }) => ({ to, gatewayId: sent.data.messageId }));
    return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
  }
  const said = Refused.safeParse(json);
  if (!said.success || status < 400 || status >= 500) return unreadableAnswer(call, answer);
  return submitRefusalOf(
    call,
    { errorClass: classOf(status, said.data), code: said.data.code, words: said.data.message },
    answer,
  );
}

/** Classifies a refusal by its words. */
function classOf(status: number, { code, message }: z.infer<typeof Refused>): ErrorClass {
  if (code === 'not_enough_credits') return 'CREDIT';
  if (OF_ACCOUNT.has(code)) return 'CONFIG';
  const byStatus = classOfStatus(status);
  if (byStatus !== undefined) return byStatus;
  if (/sender|content|text/i.test(message)) return 'PERMANENT_CONTENT';
  return BAD_NUMBER.test(message) ? 'PERMANENT_RECIPIENT' : 'UNLISTED';
}

const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'unauthorized',
  'permission_denied',
  'account_under_validation',
]);

/** Only these words give up a number: others mention numbers as well. */
const BAD_NUMBER =
  /invalid (?:tele)?(?:phone|mobile|recipient)|(?:phone|mobile|recipient)(?: number)? is (?:not valid|invalid)/i;

async function health(ask: Ask, request: HttpRequest): Promise<Health> {
  const answer = await ask(request);
  if (answer === undefined) return { ok: false, code: 'UNREACHABLE' };
  if (answer.status !== 200) return { ok: false, code: classOfStatus(answer.status) ?? 'CONFIG' };
  const account = Account.safeParse(answer.json);
  const sms = account.data?.plan.find(({ type }) => type === 'sms');
  return sms === undefined
    ? { ok: account.success, ...(!account.success && { code: 'UNREADABLE' }) }
    : { ok: true, credit: { amount: String(sms.credits) } };
}
