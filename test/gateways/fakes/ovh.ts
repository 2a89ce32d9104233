import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import type { Ending, Heard, Manners, Surroundings, Told } from './fake-operator.ts';
import { advertisingLeavesAt } from './french-hours.ts';

/** Who may use the fake. */
export const OVH_CREDENTIALS = {
  applicationKey: 'AK_test',
  applicationSecret: 'AS_test_secret',
  consumerKey: 'CK_test_consumer',
  serviceName: 'sms-ab12345-1',
};

/** What OVHcloud's documentation leaves open. */
export interface OvhHabits {
  /** How long a tag cannot be searched yet. */
  readonly indexingMs: number;
  /** Names of the fields of a STOP and a reply. */
  readonly spokenAs: { readonly number: string; readonly text: string };
  /** The first id it gives: real ones pass what a number holds exactly. */
  readonly firstId: bigint;
}

const HABITS: OvhHabits = {
  indexingMs: 0,
  spokenAs: { number: 'senderid', text: 'message' },
  firstId: 9_007_199_254_740_993n,
};

/** A signature that is older is refused. */
const SKEW_MS = 60_000;

const refused = (errorCode: string, message: string, status: number): Told => ({
  status,
  body: { errorCode, message, httpCode: `${status} Error` },
});

interface Job {
  readonly message: string;
  readonly receivers: readonly string[];
  readonly sender?: string;
  readonly senderForResponse?: boolean;
  readonly noStopClause: boolean;
  readonly tag?: string;
}

/** OVHcloud, by its documentation: signatures, a tag that is indexed late, a silent hold at night. */
export const ovh =
  (habits: Partial<OvhHabits> = {}) =>
  (around: Surroundings): Manners => {
    const { indexingMs, spokenAs, firstId } = { ...HABITS, ...habits };
    const service = `/1.0/sms/${OVH_CREDENTIALS.serviceName}`;
    const nextId = (): bigint => firstId + BigInt(around.log.length);

    const send = (job: Job): Told => {
      if (job.senderForResponse === true && /https?:\/\//.test(job.message))
        return refused('INVALID_ARGUMENT', 'URL are not allowed in message with a short number', 400);
      if (!/^[A-Za-z0-9 ]{3,11}$/.test(job.sender ?? ''))
        return refused('INVALID_SENDER', 'The sender is not valid', 400);
      const invalid = job.receivers.filter((to) => !/^\+[1-9]\d{9,14}$/.test(to));
      const valid = job.receivers.filter((to) => !invalid.includes(to) && !around.blacklist.has(to));
      const text = job.noStopClause ? job.message : `${job.message} STOP au 36180`;
      const { parts } = measure(text);
      if (around.credit.left < parts * valid.length)
        return refused('NOT_ENOUGH_CREDITS', 'Not enough credits', 403);
      around.credit.left -= parts * valid.length;
      const ids = valid.map((to) => {
        const at = around.now();
        const id = String(nextId());
        const heldUntil = job.noStopClause ? at : advertisingLeavesAt(at);
        around.log.push({ id, key: job.tag, to, from: job.sender ?? '', text, parts, at, heldUntil });
        return id;
      });
      // Ids are numbers, larger than a script may read: they are written as digits.
      const body = JSON.stringify({
        totalCreditsRemoved: parts * valid.length,
        invalidReceivers: [...invalid, ...job.receivers.filter((to) => around.blacklist.has(to))],
        validReceivers: valid,
        ids: [],
      }).replace('"ids":[]', `"ids":[${ids.join(',')}]`);
      return { status: 200, body, headers: { 'content-type': 'application/json' } };
    };

    const digits = (ids: readonly string[]): Told => ({
      status: 200,
      body: `[${ids.join(',')}]`,
      headers: { 'content-type': 'application/json' },
    });

    const read = ({ url }: Heard): Told => {
      const path = url.pathname.slice(service.length);
      const left = around.log.filter((one) => one.heldUntil <= around.now());
      const [, list, id] = path.split('/');
      if (path === '') return { status: 200, body: { creditsLeft: around.credit.left, name: 'sms' } };
      if (path === '/blacklists') return { status: 200, body: [...around.blacklist] };
      if (path === '/outgoing')
        return digits(
          left
            .filter((one) => one.key === url.searchParams.get('tag') && around.now() - one.at >= indexingMs)
            .map((one) => one.id),
        );
      if (path === '/jobs')
        return digits(around.log.filter((one) => !left.includes(one)).map((one) => one.id));
      const one = around.log.find((message) => message.id === id);
      if (one === undefined) return refused('NOT_FOUND', 'The requested object does not exist', 404);
      return {
        status: 200,
        body: { receiver: one.to, sender: one.from, tag: list === 'outgoing' ? one.key : null },
      };
    };

    return {
      sends: ({ method, url }) => method === 'POST' && url.pathname === `${service}/jobs`,
      answer: (heard) => {
        const { method, url, headers, body } = heard;
        if (url.pathname === '/1.0/auth/time')
          return {
            status: 200,
            body: String(Math.floor(around.now() / 1_000)),
            headers: { 'content-type': 'application/json' },
          };
        const seconds = Number(headers['x-ovh-timestamp']);
        if (Math.abs(around.now() - seconds * 1_000) > SKEW_MS)
          return refused('QUERY_TIME_OUT', 'Query out of time', 400);
        if (headers['x-ovh-signature'] !== signatureOf(heard))
          return refused('INVALID_SIGNATURE', 'Invalid signature', 400);
        return method === 'POST' ? send(JSON.parse(body) as Job) : read(heard);
      },
      refusal: (why) =>
        why === 'credit'
          ? refused('NOT_ENOUGH_CREDITS', 'Not enough credits', 403)
          : refused('TOO_MANY_REQUESTS', 'Too many requests', 429),
      wrongTypes: { totalCreditsRemoved: '1', validReceivers: '+33639980001', ids: { first: 1 } },
      receipt: (message, ending) => {
        const [ptt, description] = ENDINGS[ending];
        return asked(around, {
          id: message.id,
          ptt,
          date: dated(around.now()),
          description,
          descriptionDlr: ending,
        });
      },
      reply: (from, text) => {
        const date = dated(around.now());
        return asked(around, { [spokenAs.number]: from, [spokenAs.text]: text, date });
      },
      stop: (from) => {
        around.blacklist.add(from);
        return asked(around, { [spokenAs.number]: from, date: dated(around.now()) });
      },
    };
  };

function signatureOf({ method, url, headers, body }: Heard): string {
  const { applicationSecret, consumerKey } = OVH_CREDENTIALS;
  const signed = `${applicationSecret}+${consumerKey}+${method}+${url.href}+${body}+${headers['x-ovh-timestamp'] ?? ''}`;
  return `$1$${createHash('sha1').update(signed).digest('hex')}`;
}

/** `ptt` and `description` of a receipt. */
const ENDINGS: Readonly<Record<Ending, readonly [string, string]>> = {
  'on-its-way': ['3', '0'],
  delivered: ['4', '1'],
  undelivered: ['5', '2'],
  'opted-out': ['76', '16'],
  'bad-number': ['23', '2'],
};

const dated = (at: number): string =>
  DateTime.fromMillis(at, { zone: 'Europe/Paris' }).toFormat('yyyyMMddHHmmss');

const asked = (around: Surroundings, query: Readonly<Record<string, string>>) => ({
  method: 'GET' as const,
  url: `${around.callbackUrl()}?${new URLSearchParams(query).toString()}`,
});
