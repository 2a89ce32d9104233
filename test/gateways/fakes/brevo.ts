import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { advertisingLeavesAt } from './french-hours.ts';
import type { Ending, Heard, Manners, Surroundings, TakenMessage, Told } from './fake-operator.ts';

/** Who may use the fake. */
export const BREVO_CREDENTIALS = { apiKey: 'xkeysib-of-a-test' };

const refused = (code: string, message: string, status = 400): Told => ({ status, body: { code, message } });

interface Sms {
  readonly sender?: string;
  readonly recipient?: string;
  readonly content?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly webUrl?: string;
  readonly unicodeEnabled?: boolean;
}

/** Ids that a script cannot read as numbers. */
const FIRST_ID = 9_007_199_254_740_993n;
const SHORT_CODE = '36180';

/** Brevo, version 3, by developers.brevo.com: an id alone in the answer, webhooks where the request says, no signature. */
export function brevo(around: Surroundings): Manners {
  let ids = FIRST_ID;

  const send = (sms: Sms): Told => {
    const fault = faultOf(sms);
    if (fault !== undefined) return fault;
    const { sender = '', recipient = '', type = '', tag, webUrl } = sms;
    const to = `+${recipient}`;
    const text = (sms.content ?? '').replace('[STOP_CODE]', SHORT_CODE);
    const { parts } = measure(text);
    if (around.credit.left < parts) return refused('not_enough_credits', 'Not enough credits', 402);
    around.credit.left -= parts;
    const id = String(ids);
    ids += 1n;
    const at = around.now();
    // A stop code makes advertising of whatever it stands in.
    const isAdvertising = type === 'marketing' || /\[STOP_CODE\]/.test(sms.content ?? '');
    around.log.push({
      id,
      key: tag,
      to,
      from: sender,
      text,
      parts,
      at,
      heldUntil: isAdvertising ? advertisingLeavesAt(at) : at,
      barred: around.blacklist.has(to),
      ...(webUrl !== undefined && { callback: webUrl }),
    });
    return { status: 201, body: `{"messageId":${id}}`, headers: { 'content-type': 'application/json' } };
  };

  const told = (message: TakenMessage | undefined, to: string, status: string, more: object = {}) => ({
    method: 'POST' as const,
    url: message?.callback ?? around.callbackUrl(),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: randomUUID(),
      to: to.replace('+', ''),
      sms_count: 1,
      credits_used: 0.7,
      messageId: '@',
      remaining_credit: around.credit.left,
      msg_status: status,
      date: DateTime.fromMillis(around.now(), { zone: 'Europe/Paris' }).toFormat('yyyy-MM-dd HH:mm:ss'),
      type: 'transactional',
      ...more,
    }).replace('"@"', message?.id ?? '0'),
  });

  return {
    sends: ({ method, url }) => method === 'POST' && url.pathname === '/v3/transactionalSMS/send',
    answer: ({ method, url, headers, body }: Heard) => {
      if (headers['api-key'] !== BREVO_CREDENTIALS.apiKey)
        return refused('unauthorized', 'Key not found', 401);
      if (url.pathname === '/v3/account')
        return {
          status: 200,
          body: {
            plan: [
              { type: 'free', credits: 300 },
              { type: 'sms', credits: around.credit.left },
            ],
          },
        };
      if (method !== 'POST' || url.pathname !== '/v3/transactionalSMS/send')
        return refused('document_not_found', 'Not found', 404);
      return send(JSON.parse(body) as Sms);
    },
    refusal: (why) =>
      why === 'credit'
        ? refused('not_enough_credits', 'Not enough credits', 402)
        : refused('too_many_requests', 'Too many requests', 429),
    wrongTypes: { messageId: ['1511882900176220'] },
    receipt: (message, ending) =>
      told(message, message.to, message.barred === true ? 'blocked' : STATUSES[ending]),
    reply: (from, text, to) => told(to, from, 'replies', { reply: text }),
    stop: (from, to) => {
      around.blacklist.add(from);
      return told(to, from, 'unsubscription');
    },
  };
}

/** Its refusal of a message, in its own words. */
function faultOf({ sender = '', recipient = '', content = '', type }: Sms): Told | undefined {
  if (!/^[1-9]\d{9,14}$/.test(recipient)) return refused('invalid_parameter', 'Invalid telephone number');
  if (!/^[A-Za-z0-9]{1,11}$|^\d{12,15}$/.test(sender))
    return refused('invalid_parameter', 'sender is not valid');
  if (content === '') return refused('missing_parameter', 'content is missing');
  return type === 'marketing' || type === 'transactional'
    ? undefined
    : refused('invalid_parameter', 'type is not valid');
}

const STATUSES: Readonly<Record<Ending, string>> = {
  'on-its-way': 'sent',
  delivered: 'delivered',
  undelivered: 'softBounces',
  'opted-out': 'blocked',
  'bad-number': 'hardBounces',
};
