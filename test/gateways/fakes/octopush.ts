import { randomBytes } from 'node:crypto';
import { DateTime } from 'luxon';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { advertisingLeavesAt } from './french-hours.ts';
import type { Ending, Heard, Manners, Surroundings, TakenMessage, Told } from './fake-operator.ts';

/** Who may use the fake. */
export const OCTOPUSH_CREDENTIALS = { login: 'cabinet@example.test', key: 'octopush-key-of-a-test' };

/** Its own short code, whatever ours is. */
const SHORT_CODE = '30101';
const KEY_LIVES_MS = 24 * 3_600_000;

const refused = (code: number, message: string, status = 400): Told => ({ status, body: { code, message } });

interface Campaign {
  readonly recipients: readonly { readonly phone_number: string }[];
  readonly text: string;
  readonly type: string;
  readonly sender: string;
  readonly purpose?: string;
  readonly request_id?: string;
  readonly auto_remove_blacklisted_numbers?: boolean;
}

/** Octopush, version 1, by dev.octopush.com: keys of a day, unsigned callbacks with naive dates, a silent hold. */
export function octopush(around: Surroundings): Manners {
  const keys = new Map<string, number>();
  const isKnown = ({ headers }: Heard): boolean =>
    headers['api-login'] === OCTOPUSH_CREDENTIALS.login && headers['api-key'] === OCTOPUSH_CREDENTIALS.key;

  const send = (campaign: Campaign): Told => {
    const fault = faultOf(campaign);
    if (fault !== undefined) return fault;
    const { request_id: key } = campaign;
    const usedAt = key === undefined ? undefined : keys.get(key);
    if (usedAt !== undefined && around.now() - usedAt < KEY_LIVES_MS)
      return refused(120, 'A request with this ID has already been executed.');
    const { parts } = measure(asWritten(campaign.text));
    const people = campaign.recipients.filter(
      ({ phone_number: to }) =>
        campaign.auto_remove_blacklisted_numbers !== true || !around.blacklist.has(to),
    );
    if (around.credit.left < parts * people.length) return refused(104, 'You do not have enough credit.');
    around.credit.left -= parts * people.length;
    if (key !== undefined) keys.set(key, around.now());
    const id = `sms_${randomBytes(7).toString('hex')}`;
    const at = around.now();
    for (const { phone_number: to } of people) {
      const { purpose = 'wholesale' } = campaign;
      const heldUntil = purpose === 'wholesale' ? advertisingLeavesAt(at) : at;
      const barred = around.blacklist.has(to);
      around.log.push({
        id,
        key,
        to,
        from: campaign.sender,
        text: asWritten(campaign.text),
        parts,
        at,
        heldUntil,
        barred,
      });
    }
    return {
      status: 200,
      body: {
        sms_ticket: id,
        number_of_contacts: people.length,
        total_cost: Number((0.055 * parts * people.length).toFixed(3)),
        number_of_sms_needed: parts * people.length,
        residual_credit: around.credit.left,
      },
    };
  };

  return {
    sends: ({ method, url }) => method === 'POST' && url.pathname.endsWith('/sms-campaign/send'),
    answer: (heard) => {
      if (!isKnown(heard)) return refused(101, 'Incorrect login details.', 401);
      const { pathname } = heard.url;
      if (pathname === '/v1/public/wallet/check-balance')
        return { status: 200, body: { amount: around.credit.left, unit: 'sms', wallet_packs: [] } };
      if (pathname !== '/v1/public/sms-campaign/send') return refused(100, 'Unknown resource.', 404);
      return send(JSON.parse(heard.body) as Campaign);
    },
    refusal: (why) =>
      why === 'credit'
        ? refused(104, 'You do not have enough credit.')
        : refused(128, 'Too many attempts.', 429),
    wrongTypes: { sms_ticket: 12, number_of_contacts: 'one', total_cost: null },
    receipt: (message, ending) =>
      told(around, {
        channel: 'sms',
        ...about(message),
        status: STATUSES[message.barred === true ? 'opted-out' : ending],
        delivery_date: naive(Math.max(message.heldUntil, around.now())),
        meta_data: {},
      }),
    reply: (from, text, to) =>
      told(around, {
        message_id: to?.id ?? 'sms_unknown',
        number: from,
        text,
        sim_card_number: '36180',
        reception_date: naive(around.now()),
      }),
    stop: (from, to) => {
      around.blacklist.add(from);
      return told(around, {
        message_id: to?.id ?? 'sms_unknown',
        number: from,
        text: 'STOP',
        stop_date: naive(around.now()),
      });
    },
  };
}

/** Its refusal of a campaign, by its own codes. */
function faultOf({ recipients, text, type, sender, purpose = 'wholesale' }: Campaign): Told | undefined {
  if (recipients.length === 0) return refused(103, 'This message has no recipients.');
  if (recipients.some(({ phone_number: to }) => !/^\+[1-9]\d{9,14}$/.test(to)))
    return refused(150, 'No country was found for this prefix.');
  if (type !== 'sms_premium' && type !== 'sms_low_cost') return refused(113, 'The SMS type is undefined.');
  if (!/^[A-Za-z0-9 ]{3,11}$/.test(sender)) return refused(112, 'The sender is not valid.');
  if (text.length === 0 || text.length > 1_224) return refused(119, 'The text is too long.');
  return purpose === 'wholesale' && !/STOP au (XXXXX|\d{5})/.test(text)
    ? refused(121, `STOP mention ([STOP au ${SHORT_CODE}]) is missing from your text.`)
    : undefined;
}

const asWritten = (text: string): string => text.replace('STOP au XXXXX', `STOP au ${SHORT_CODE}`);

const about = ({ id, to }: TakenMessage) => ({ message_id: id, number: to });

const STATUSES: Readonly<Record<Ending, string>> = {
  'on-its-way': 'ACK',
  delivered: 'DELIVERED',
  undelivered: 'NOT_DELIVERED',
  'opted-out': 'BLACKLISTED_NUMBER',
  'bad-number': 'BAD_DESTINATION',
};

/** It writes no zone: French time is meant. */
const naive = (at: number): string =>
  DateTime.fromMillis(at, { zone: 'Europe/Paris' }).toFormat('yyyy-MM-dd HH:mm:ss');

const told = (around: Surroundings, body: object) => ({
  method: 'POST' as const,
  url: around.callbackUrl(),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
