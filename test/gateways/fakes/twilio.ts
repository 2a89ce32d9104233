import { createHmac, randomBytes } from 'node:crypto';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import type { Ending, Heard, Manners, Surroundings, TakenMessage, Told } from './fake-operator.ts';

/** Who may use the fake. */
export const TWILIO_CREDENTIALS = {
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'test_auth_token_0123456789abcdef',
  from: '+33937000000',
};

const HOUR_S = 3_600;

const refused = (code: number, message: string, status = 400): Told => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

/** Twilio, by its documentation: signed webhooks, 21610, statuses in order; no key, a list to search. */
export function twilio(around: Surroundings): Manners {
  const account = `/2010-04-01/Accounts/${TWILIO_CREDENTIALS.accountSid}`;
  const { accountSid, authToken } = TWILIO_CREDENTIALS;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  const send = (form: URLSearchParams): Told => {
    const fault = faultOf(form);
    if (fault !== undefined) return fault;
    const [to = '', text = '', from = ''] = ['To', 'Body', 'From'].map((name) => form.get(name) ?? '');
    if (around.blacklist.has(to)) return refused(21610, 'Attempt to send to unsubscribed recipient');
    const { parts } = measure(text);
    if (around.credit.left < parts) return refused(20003, 'The account has no balance', 403);
    around.credit.left -= parts;
    const id = `SM${randomBytes(16).toString('hex')}`;
    const at = around.now();
    const callback = form.get('StatusCallback');
    around.log.push({
      id,
      key: undefined,
      to,
      from,
      text,
      parts,
      at,
      heldUntil: at,
      ...(callback !== null && { callback }),
    });
    return {
      status: 201,
      body: { sid: id, status: 'accepted', to, body: text, num_segments: '0', error_code: null },
    };
  };

  const list = (to: string | null): Told => ({
    status: 200,
    body: {
      messages: around.log
        .filter((one) => to === null || one.to === to)
        .toReversed()
        .map(({ id, to: sent, text, at }) => ({
          sid: id,
          to: sent,
          body: text,
          status: 'sent',
          date_created: new Date(at).toUTCString(),
        })),
      next_page_uri: null,
    },
  });

  const form = (url: string, fields: Readonly<Record<string, string>>) => ({
    method: 'POST' as const,
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(url, fields),
    },
    body: new URLSearchParams(fields).toString(),
  });

  const inbound = (from: string, fields: Readonly<Record<string, string>>) =>
    form(around.callbackUrl(), {
      AccountSid: accountSid,
      MessageSid: `SM${randomBytes(16).toString('hex')}`,
      From: from,
      To: TWILIO_CREDENTIALS.from,
      NumMedia: '0',
      NumSegments: '1',
      ...fields,
    });

  return {
    sends: ({ method, url }) => method === 'POST' && url.pathname === `${account}/Messages.json`,
    answer: ({ method, url, headers, body }: Heard) => {
      if (headers['authorization'] !== authorization) return refused(20003, 'Authenticate', 401);
      if (url.pathname === `${account}.json`)
        return { status: 200, body: { sid: accountSid, status: 'active' } };
      if (url.pathname === `${account}/Balance.json`)
        return { status: 200, body: { balance: String(around.credit.left), currency: 'EUR' } };
      if (url.pathname !== `${account}/Messages.json`) return refused(20404, 'Not found', 404);
      return method === 'POST' ? send(new URLSearchParams(body)) : list(url.searchParams.get('To'));
    },
    refusal: (why) =>
      why === 'credit'
        ? refused(20003, 'The account has no balance', 402)
        : refused(20429, 'Too Many Requests', 429),
    wrongTypes: { sid: 12, status: ['accepted'] },
    receipt: (message: TakenMessage, ending) => {
      const [status, code] = ENDINGS[ending];
      return form(message.callback ?? around.callbackUrl(), {
        AccountSid: accountSid,
        From: message.from,
        MessageSid: message.id,
        MessageStatus: status,
        SmsSid: message.id,
        SmsStatus: status,
        To: message.to,
        ...(code !== undefined && { ErrorCode: code }),
        RawDlrDoneDate: '2601120901',
      });
    },
    reply: (from, text) => inbound(from, { Body: text }),
    stop: (from) => {
      around.blacklist.add(from);
      return inbound(from, { Body: 'STOP', OptOutType: 'STOP' });
    },
  };
}

/** Its refusal of a message, by its own codes. */
function faultOf(form: URLSearchParams): Told | undefined {
  const [to = '', text = ''] = ['To', 'Body'].map((name) => form.get(name) ?? '');
  const validity = Number(form.get('ValidityPeriod') ?? HOUR_S);
  if (!/^\+[1-9]\d{9,14}$/.test(to)) return refused(21211, "Invalid 'To' Phone Number");
  if (text.length === 0 || text.length > 1_600)
    return refused(21617, 'The concatenated message body is too long');
  if (!Number.isInteger(validity) || validity < 1 || validity > 36_000)
    return refused(21618, 'The message validity period is not valid');
  return form.get('From') === null && form.get('MessagingServiceSid') === null
    ? refused(21603, "A 'From' number is required")
    : undefined;
}

/** The address and every field, in order of their names, under the account's token. */
function signatureOf(url: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.entries(fields)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .reduce((signed, [name, value]) => signed + name + value, url);
  return createHmac('sha1', TWILIO_CREDENTIALS.authToken).update(text).digest('base64');
}

const ENDINGS: Readonly<Record<Ending, readonly [string, string?]>> = {
  'on-its-way': ['sent'],
  delivered: ['delivered'],
  undelivered: ['undelivered', '30003'],
  'opted-out': ['undelivered', '21610'],
  'bad-number': ['undelivered', '30006'],
};
