import { z } from 'zod';

import { CAPABILITIES } from '../capabilities.ts';
import type { Answered, HttpRequest } from '../exchange.ts';
import type { Call, Health, SubmitResult } from '../gateway.ts';
import type { Ask, HttpOperator } from '../http/operator.ts';
import { readJson } from '../http/read-json.ts';
import { classOfStatus, refusalOf, unreadable } from '../http/refusal.ts';

/** What smsmode knows us by. */
export interface SmsmodeCredentials {
  readonly apiKey: string;
}

/** Where its version 1 answers. */
export const SMSMODE_URL = 'https://rest.smsmode.com/sms/v1';

/** As public integrations read it; each of them may be missing. */
const Refused = z.object({
  errorCode: z.union([z.string(), z.number()]).nullish().catch(undefined),
  title: z.unknown().optional(),
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
});
const Sent = z.object({ messageId: z.string().min(1).max(100) });

/** smsmode, as far as it is documented: it takes messages, and of what it tells us nothing is known. */
export function smsmodeOperator({ apiKey }: SmsmodeCredentials): HttpOperator {
  const headers = { 'x-api-key': apiKey, accept: 'application/json' };
  const campaigns: HttpRequest = { method: 'GET', path: '/campaigns', headers };
  return {
    kind: 'smsmode',
    capabilities: CAPABILITIES.smsmode,
    greeting: campaigns,
    requestFor: (call) => ({
      method: 'POST',
      path: '/messages',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(call)),
    }),
    resultOf,
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    health: (ask) => health(ask, campaigns),
  };
}

const bodyOf = ({ recipients: [recipient], text, sender, key }: Call): object => ({
  recipient: { to: (recipient?.to ?? '').replace('+', '') },
  body: { text },
  from: sender,
  refClient: key,
});

/** Its codes are not published: their status says whose fault it is, and a person reads the rest. */
function resultOf(call: Call, answer: Answered): SubmitResult {
  const { status, firstByteAt, answeredAt } = answer;
  const json = readJson(answer.body);
  if (status >= 200 && status < 300) {
    const sent = Sent.safeParse(json);
    const moments = { firstByteAt, answeredAt };
    if (!sent.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
    const perRecipient = call.recipients.map(({ to }) => ({ to, gatewayId: sent.data.messageId }));
    return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
  }
  if (json === undefined || status < 400 || status >= 500) return unreadable(call, answer);
  const errorClass = classOfStatus(status) ?? 'UNLISTED';
  const { errorCode, detail, message, title } = Refused.safeParse(json).data ?? {};
  const code = String(errorCode ?? `HTTP_${status}`);
  return refusalOf(call, { errorClass, code, words: detail ?? message ?? title }, answer);
}

async function health(ask: Ask, request: HttpRequest): Promise<Health> {
  const answer = await ask(request);
  if (answer === undefined) return { ok: false, code: 'UNREACHABLE' };
  return answer.status === 200 ? { ok: true } : { ok: false, code: classOfStatus(answer.status) ?? 'CONFIG' };
}
