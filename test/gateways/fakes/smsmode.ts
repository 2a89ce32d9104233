import { randomUUID } from 'node:crypto';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import type { Ending, Heard, Manners, Surroundings, TakenMessage, Told } from './fake-operator.ts';

/** Who may use the fake. */
export const SMSMODE_CREDENTIALS = { apiKey: 'smsmode-key-of-a-test' };

const refused = (status: number, detail: string): Told => ({ status, body: { title: 'refused', detail } });

interface Message {
  readonly recipient?: { readonly to?: string };
  readonly body?: { readonly text?: string };
  readonly from?: string;
  readonly refClient?: string;
  readonly callbackUrlStatus?: string;
}

const STATUSES: Readonly<Record<Ending, string>> = {
  'on-its-way': 'ENROUTE',
  delivered: 'DELIVERED',
  undelivered: 'UNDELIVERABLE',
  'opted-out': 'REJECTED',
  'bad-number': 'UNDELIVERABLE',
};

const shown = ({ id, key, to, from, text }: TakenMessage, status = 'ENROUTE'): object => ({
  messageId: id,
  refClient: key,
  recipient: { to: to.replace('+', '') },
  from,
  body: { text },
  status: { value: status },
});

/** smsmode, by public integrations of it: what it took is listed with our reference, and receipts go where we said. */
export function smsmode(around: Surroundings): Manners {
  const send = ({ recipient, body, from = '', refClient, callbackUrlStatus }: Message): Told => {
    const [to = '', text = ''] = [recipient?.to, body?.text];
    if (!/^[1-9]\d{9,14}$/.test(to)) return refused(400, 'recipient.to is not a number');
    if (!/^[A-Za-z0-9]{1,11}$/.test(from)) return refused(400, 'from is not a sender');
    if (text === '') return refused(400, 'body.text is empty');
    const { parts } = measure(text);
    if (around.credit.left < parts) return refused(402, 'no credit');
    around.credit.left -= parts;
    const [id, at] = [randomUUID(), around.now()];
    const callback = callbackUrlStatus === undefined ? {} : { callback: callbackUrlStatus };
    around.log.push({ id, key: refClient, to: `+${to}`, from, text, parts, at, heldUntil: at, ...callback });
    return { status: 201, body: { messageId: id, refClient, status: { value: 'ENROUTE' } } };
  };
  const told = (url: string, body: object) => ({
    method: 'POST' as const,
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const reply = (from: string, text: string) =>
    told(`${around.callbackUrl()}?mo=1`, {
      messageId: randomUUID(),
      from: from.replace('+', ''),
      recipient: { to: '36034' },
      body: { text },
    });
  const find = (path: string): Told => {
    const one = around.log.find(({ id }) => path === `/sms/v1/messages/${id}`);
    return one === undefined ? refused(404, 'unknown message') : { status: 200, body: shown(one) };
  };
  return {
    sends: ({ method, url }) => method === 'POST' && url.pathname === '/sms/v1/messages',
    answer: ({ method, url, headers, body }: Heard) => {
      if (headers['x-api-key'] !== SMSMODE_CREDENTIALS.apiKey) return refused(401, 'unknown key');
      if (url.pathname === '/sms/v1/campaigns') return { status: 200, body: { items: [] } };
      if (method === 'GET' && url.pathname === '/sms/v1/messages')
        return {
          status: 200,
          body: {
            items: around.log
              .map((one) => shown(one))
              .toReversed()
              .slice(0, 100),
          },
        };
      if (method === 'GET') return find(url.pathname);
      if (method !== 'POST' || url.pathname !== '/sms/v1/messages') return refused(404, 'unknown resource');
      return send(JSON.parse(body) as Message);
    },
    refusal: (why) => (why === 'credit' ? refused(402, 'no credit') : refused(429, 'too many requests')),
    wrongTypes: { messageId: 12 },
    receipt: (message, ending) =>
      told(message.callback ?? around.callbackUrl(), shown(message, STATUSES[ending])),
    reply,
    stop: (from) => reply(from, 'STOP'),
  };
}
