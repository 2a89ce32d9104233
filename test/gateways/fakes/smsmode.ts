import { randomUUID } from 'node:crypto';
import { measure } from '../../../src/sms/encoding.ts';
import type { Heard, Manners, Surroundings, Told } from './fake-operator.ts';

/** Who may use the fake. */
export const SMSMODE_CREDENTIALS = { apiKey: 'smsmode-key-of-a-test' };

const refused = (status: number, detail: string): Told => ({ status, body: { title: 'refused', detail } });

interface Message {
  readonly recipient?: { readonly to?: string };
  readonly body?: { readonly text?: string };
  readonly from?: string;
  readonly refClient?: string;
}

/** smsmode, as far as it is documented: it takes messages, and tells nothing that is known. */
export function smsmode(around: Surroundings): Manners {
  const send = ({ recipient, body, from = '', refClient }: Message): Told => {
    const [to = '', text = ''] = [recipient?.to, body?.text];
    if (!/^[1-9]\d{9,14}$/.test(to)) return refused(400, 'recipient.to is not a number');
    if (!/^[A-Za-z0-9]{1,11}$/.test(from)) return refused(400, 'from is not a sender');
    if (text === '') return refused(400, 'body.text is empty');
    const { parts } = measure(text);
    if (around.credit.left < parts) return refused(402, 'no credit');
    around.credit.left -= parts;
    const [id, at] = [randomUUID(), around.now()];
    around.log.push({ id, key: refClient, to: `+${to}`, from, text, parts, at, heldUntil: at });
    return { status: 201, body: { messageId: id, refClient, status: { value: 'ENROUTE' } } };
  };
  const nothing = { method: 'POST' as const, url: around.callbackUrl(), body: '{}' };
  return {
    sends: ({ method, url }) => method === 'POST' && url.pathname === '/sms/v1/messages',
    answer: ({ method, url, headers, body }: Heard) => {
      if (headers['x-api-key'] !== SMSMODE_CREDENTIALS.apiKey) return refused(401, 'unknown key');
      if (url.pathname === '/sms/v1/campaigns') return { status: 200, body: { items: [] } };
      if (method !== 'POST' || url.pathname !== '/sms/v1/messages') return refused(404, 'unknown resource');
      return send(JSON.parse(body) as Message);
    },
    refusal: (why) => (why === 'credit' ? refused(402, 'no credit') : refused(429, 'too many requests')),
    wrongTypes: { messageId: 12 },
    receipt: () => nothing,
    reply: () => nothing,
    stop: () => nothing,
  };
}
