import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { sql } from 'kysely';
import twilioLibrary from 'twilio';
import { describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { FORMER, inboundServed, PUBLIC, SECRET, TOKEN } from './inbound-served.ts';

const { database, origin } = await inboundServed();

const call = async (name: string, request: RequestInit = {}, query = '') =>
  (await fetch(`${origin}/${name}/${SECRET}${query}`, { method: 'POST', ...request })).status;
const tell = (name: string, body: unknown, query = '') =>
  call(name, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }, query);

let people = 0;
/** A number that nobody used yet. */
const somebody = (): string => `+336399${String((people += 1)).padStart(5, '0')}`;

const rows = (query: ReturnType<typeof sql>) =>
  database.outside((tx) => tx.rows(query as ReturnType<typeof sql<Record<string, unknown>>>));
const unread = async (): Promise<number> =>
  Number((await rows(sql`SELECT count(*)::int AS n FROM unread_delivery WHERE state = 'unread'`))[0]?.['n']);
const kept = async (): Promise<number> =>
  Number((await rows(sql`SELECT count(*)::int AS n FROM unread_delivery`))[0]?.['n']);
/** How many replies of each reading came in, since a moment that it answers. */
const readings = async (): Promise<string[]> =>
  (await rows(sql`SELECT reading FROM inbound ORDER BY received_at, id`)).map((row) =>
    String(row['reading']),
  );

/** What a call added to what is known. */
async function after(tells: () => Promise<number>) {
  const [before, left] = [await readings(), await unread()];
  const status = await tells();
  return { status, received: (await readings()).slice(before.length), unread: (await unread()) - left };
}

describe('a STOP of an operator', () => {
  const at = '2026-11-28 17:50:00';
  it.each([
    [
      'Octopush without a ticket',
      'octopush',
      (number: string) => ({ message_id: null, number, text: 'STOP', reception_date: at }),
    ],
    [
      'Octopush without the field',
      'octopush',
      (number: string) => ({ number, text: 'STOP', sim_card_number: '36105', reception_date: at }),
    ],
    [
      'Octopush without words',
      'octopush',
      (number: string) => ({ message_id: 'sms_1', number, text: null, stop_date: at }),
    ],
    [
      'Octopush without a date',
      'octopush',
      (number: string) => ({ number: Number(number.slice(1)), text: 'stop', stop_date: null }),
    ],
    [
      'Octopush in other letters',
      'octopush',
      (number: string) => ({ Message_ID: 7, NUMBER: number, Text: 'Arrêt', more: [1] }),
    ],
    [
      'Brevo without an id',
      'brevo',
      (to: string) => ({ messageId: null, to: to.slice(1), msg_status: 'unsubscription' }),
    ],
    [
      'Brevo as a reply',
      'brevo',
      (to: string) => ({ to: Number(to.slice(1)), msg_status: 'replies', reply: 'STOP' }),
    ],
    [
      'Brevo in a batch',
      'brevo',
      (to: string) => [
        { to: '33639980099', messageId: 1, msg_status: 'delivered' },
        { to: to.slice(1), msg_status: 'unsubscription' },
      ],
    ],
    [
      'smsmode',
      'smsmode',
      (from: string) => ({ messageId: 'a', from, recipient: { to: '36034' }, body: { text: 'STOP' } }),
    ],
    ['OVHcloud', 'ovh', (number: string) => ({ number, message: null })],
  ])('%s silences its sender', async (_what, name, body) => {
    expect(await after(() => tell(name, body(somebody())))).toMatchObject({
      status: 204,
      received: ['stop'],
      unread: 0,
    });
  });

  it.each([
    [
      'a form in Latin-1',
      'ovh',
      {
        body: 'sender=%2B33639970001&message=ARR%CAT',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'a form in UTF-8',
      'ovh',
      {
        body: 'sender=%2B33639970002&message=ARR%C3%8AT',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'JSON in Latin-1',
      'octopush',
      { body: Buffer.from('{"number":"+33639970003","text":"ARRÊT","reception_date":"x"}', 'latin1') },
    ],
    [
      'JSON in UTF-16',
      'octopush',
      { body: Buffer.from('{"number":"+33639970004","text":"ARRÊT","reception_date":"x"}', 'utf16le') },
    ],
    [
      'compressed JSON',
      'octopush',
      { body: gzipSync('{"number":"+33639970005","text":"STOP"}'), headers: { 'content-encoding': 'gzip' } },
    ],
    ['PUT', 'octopush', { method: 'PUT', body: '{"number":"+33639970006","text":"STOP"}' }],
    [
      'JSON that calls itself a form',
      'octopush',
      {
        body: '{"number":"+33639970007","text":"STOP"}',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    ['JSON that is cut', 'octopush', { body: '{"number":"+33639970008","text":"STOP","stop_d' }],
    [
      'a doubled field',
      'octopush',
      { body: '{"number":"+33639970009","number":null,"text":"STOP","text":"Bonjour"}' },
    ],
  ] as [string, string, RequestInit][])('in %s silences its sender', async (_what, name, request) => {
    expect(await after(() => call(name, request))).toMatchObject({ status: 204, received: ['stop'] });
  });

  it('in a query silences its sender', async () => {
    const sms = '?smsID=1&numero=33639970010&message=STOP&responseID=2';
    expect(await after(() => call('smsmode', { method: 'GET' }, sms))).toMatchObject({ received: ['stop'] });
    const ovh = '?senderid=%2B33639970011&message=ARR%CAT';
    expect(await after(() => call('ovh', { method: 'GET' }, ovh))).toMatchObject({ received: ['stop'] });
  });

  it('by Twilio in an address needs a signature', async () => {
    const query = '?MessageSid=SM1&From=%2B33639970012&To=%2B33937000000&Body=STOP';
    const signed = (url: string) => ({
      'x-twilio-signature': twilioLibrary.getExpectedTwilioSignature(TOKEN, url, {}),
    });
    const headers = signed(`${PUBLIC}/twilio/${SECRET}${query}`);
    expect(await after(() => call('twilio', { method: 'GET', headers }, query))).toMatchObject({
      status: 204,
      received: ['stop'],
    });
    expect(await after(() => call('twilio', { method: 'GET', headers }, `${query}&x=1`))).toEqual({
      status: 401,
      received: [],
      unread: 0,
    });
  });

  it('by Twilio in unsigned JSON is ignored', async () => {
    const url = `${PUBLIC}/twilio/${SECRET}`;
    const headers = {
      'content-type': 'application/json',
      'x-twilio-signature': twilioLibrary.getExpectedTwilioSignature(TOKEN, url, {}),
    };
    const body = JSON.stringify({ MessageSid: 'SM2', From: '+33639970013', Body: 'STOP' });
    expect(await after(() => call('twilio', { body, headers }))).toEqual({
      status: 401,
      received: [],
      unread: 0,
    });

    const query = `?bodySHA256=${twilioLibrary.getExpectedBodyHash(body)}`;
    const genuine = twilioLibrary.getExpectedTwilioSignature(TOKEN, url + query, {});
    expect(
      await after(() =>
        call('twilio', { body, headers: { ...headers, 'x-twilio-signature': genuine } }, query),
      ),
    ).toMatchObject({ status: 204, received: ['stop'] });
  });
});

describe('a call that cannot be read', () => {
  it.each([
    ['no JSON', 'octopush', { body: '<stop/>' }],
    ['a reply of nobody', 'octopush', { body: '{"text":"STOP"}' }],
    ['JSON of another world', 'brevo', { body: '[{"a":{"b":[]}},7]' }],
    [
      'words that are not there',
      'octopush',
      { body: '{"number":"+33639970020","text":null,"reception_date":"x"}' },
    ],
    ['bytes', 'smsmode', { body: Buffer.from([1, 2, 3, 250]) }],
    ['a body that is compressed wrongly', 'ovh', { body: 'STOP', headers: { 'content-encoding': 'gzip' } }],
    [
      'a body in an encoding that nobody knows',
      'ovh',
      { body: 'STOP', headers: { 'content-encoding': 'zip' } },
    ],
    ['nothing at all', 'octopush', {}],
  ] as [string, string, RequestInit][])('is answered and kept once: %s', async (_what, name, request) => {
    expect(await after(() => call(name, request))).toEqual({ status: 204, received: [], unread: 1 });
    expect(await after(() => call(name, request))).toEqual({ status: 204, received: [], unread: 0 });
  });

  it('in a batch blocks nothing else', async () => {
    const batch = [
      { to: '33639970021', msg_status: 'unsubscription' },
      { to: null, msg_status: 'unsubscription' },
      5,
    ];
    expect(await after(() => tell('brevo', batch))).toEqual({ status: 204, received: ['stop'], unread: 1 });
  });

  it('is kept sealed, and nothing else is', async () => {
    const before = await kept();
    expect(
      await tell('octopush', {
        message_id: 'sms_5',
        number: '+33639970022',
        status: 'DELIVERED',
        delivery_date: 'x',
      }),
    ).toBe(204);
    expect(await kept()).toBe(before);
    const sealed = await rows(sql`SELECT sealed FROM unread_delivery`);
    expect(sealed.some((row) => (row['sealed'] as Buffer).includes('stop'))).toBe(false);
  });

  it('is refused without secret, or too large', async () => {
    const wrong = await fetch(`${origin}/octopush/${SECRET}x`, { method: 'POST', body: 'STOP' });
    expect(wrong.status).toBe(404);
    const large = JSON.stringify({ number: '+33639970023', text: 'STOP', more: 'x'.repeat(65_536) });
    const bomb = gzipSync(Buffer.alloc(8_000_000, 32));
    const before = await kept();
    expect(await call('octopush', { body: large })).toBe(413);
    expect(await call('octopush', { body: 'x'.repeat(1_048_577) })).toBe(413);
    expect(await call('octopush', { body: bomb, headers: { 'content-encoding': 'gzip' } })).toBe(413);
    expect(await kept()).toBe(before);
  });
});

describe('a compressed call', () => {
  type Compressed = readonly [encoding: string, compress: (bytes: Buffer) => Buffer];
  const BY_DAY: readonly Compressed[] = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ];
  const AT_NIGHT: readonly Compressed[] = [
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ];
  const told = (encoding: string, body: Buffer) =>
    after(() => call('octopush', { body: new Uint8Array(body), headers: { 'content-encoding': encoding } }));

  async function silencesItsSender(...[encoding, compress]: Compressed): Promise<void> {
    const stop = compress(Buffer.from(JSON.stringify({ number: somebody(), text: 'STOP' })));
    expect(await told(encoding, stop)).toEqual({ status: 204, received: ['stop'], unread: 0 });
    const bomb = compress(Buffer.alloc(64_000_000, 32));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await told(encoding, bomb)).toEqual({ status: 413, received: [], unread: 0 });
  }
  it.each(BY_DAY)('by %s opts its sender out, bombs refused', silencesItsSender);
  it.each(AT_NIGHT)('by %s opts its sender out, bombs refused', NIGHT, silencesItsSender);

  it('equals an uncompressed one, and is kept once', async () => {
    const unreadable = Buffer.from('{"nothing":"that anybody could read, told twice"}');
    expect(await after(() => call('octopush', { body: new Uint8Array(unreadable) }))).toMatchObject({
      unread: 1,
    });
    expect(await told('gzip', gzipSync(unreadable))).toEqual({ status: 204, received: [], unread: 0 });
  });

  it.each(['gzip', 'br', 'something of its own'])('that is no %s is kept unread', async (encoding) => {
    const body = Buffer.from(`this is no ${encoding}`);
    expect(await told(encoding, body)).toEqual({ status: 204, received: [], unread: 1 });
  });
});

describe('ten thousand events in one call', () => {
  it('are each received once, a STOP included', async () => {
    const told = Array.from({ length: 9_999 }, (_none, place) => ({
      messageId: 90_000 + place,
      to: '33639970030',
      msg_status: 'delivered',
    }));
    const batch = [...told, { to: '33639970031', msg_status: 'unsubscription' }];
    const receipts = async () => Number((await rows(sql`SELECT count(*)::int AS n FROM receipt`))[0]?.['n']);
    const before = await receipts();
    expect(await after(() => tell('brevo', batch))).toMatchObject({ received: ['stop'], unread: 0 });
    await expect.poll(receipts).toBe(before + 9_999);
    expect(await after(() => tell('brevo', batch))).toMatchObject({ received: [], unread: 0 });
    expect(await receipts()).toBe(before + 9_999);
  });
});

describe('the secret of an inbound address', () => {
  const stopBy = async (
    name: string,
    secret: string,
  ): Promise<[status: number, heard: readonly string[]]> => {
    const body = JSON.stringify({ message_id: null, number: somebody(), to: somebody(), text: 'STOP' });
    const before = await readings();
    const { status } = await fetch(`${origin}/${name}/${secret}`, { method: 'POST', body });
    return [status, (await readings()).slice(before.length)];
  };

  it.each([
    ['is the one in force', 'octopush', SECRET, 204, ['stop']],
    ['is the previous one too, during a change', 'octopush', FORMER, 204, ['stop']],
    ['is the previous one no more once removed', 'brevo', FORMER, 404, []],
    ['is nothing else', 'octopush', 'a-secret-of-somebody-else-22', 404, []],
    ['is not both of them', 'octopush', `${SECRET}${FORMER}`, 404, []],
  ])('%s', async (_what, name, secret, status, heard) => {
    expect(await stopBy(name, secret)).toEqual([status, heard]);
  });
});
