import { request } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../../src/sending/gateway/gateway.ts';
import { operatorCall } from '../../../src/gateways/http/read-call.ts';
import { sandbox, SandboxGateway } from '../../../src/gateways/sandbox/sandbox-gateway.ts';
import { aCall, anAttempt, LAW_NOW, runOperator, type RunningOperator } from './support.ts';
import { aFolder } from '../../support/after-file.ts';

let running: RunningOperator;
let gateway: SandboxGateway;
let folder: string;

beforeEach(async () => {
  folder = await aFolder('operator-');
  running = await runOperator({ folder });
  gateway = new SandboxGateway({ name: 'sandbox', origin: running.origin });
});

afterEach(async () => {
  await gateway.close();
  await running.stop();
});

const ask = (path: string, options: RequestInit = {}) => fetch(`${running.origin}/sandbox${path}`, options);
const messages = async (number = '+33639980001'): Promise<Record<string, unknown>[]> =>
  (await (await ask(`/handsets/${number}/messages`)).json()) as Record<string, unknown>[];
const put = (path: string, body: object) => ask(path, { method: 'PUT', body: JSON.stringify(body) });
const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body) });

async function send(reference: string, to = '+33639980001'): Promise<void> {
  await gateway.submit(aCall({ recipients: [{ to, reference }] }), await anAttempt(gateway));
}

const told = (kind: string) =>
  running.received.flatMap(({ events }) => events).filter((event) => event['kind'] === kind);

/** Waits for three looks for due receipts: one of them began and ended meanwhile. */
async function hasLooked(): Promise<void> {
  const before = running.clockReadings();
  await expect.poll(() => running.clockReadings()).toBeGreaterThanOrEqual(before + 3 * MOST_READINGS_A_LOOK);
}

const MOST_READINGS_A_LOOK = 3;

const afterDelay = (receipts: object) => put('/behaviour', { receipts: { delayMs: 0, ...receipts } });

const callback = (body: string): RawRequest => ({
  method: 'POST',
  url: '',
  headers: {},
  body: Buffer.from(body),
});

const statusWith = (
  headers: Record<string, string>,
  path = '/sandbox/log',
  method = 'GET',
): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${running.origin}${path}`, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

describe('a handset', () => {
  it('shows its messages, oldest first, with parts', async () => {
    await send('msg_1');
    await send('msg_2');
    await send('msg_3', '+33639980002');
    const shown = await messages();

    expect(shown).toHaveLength(2);
    expect(shown[0]).toMatchObject({ from: 'BONHEURE', acceptedAt: LAW_NOW, parts: 1, encoding: 'GSM-7' });
    expect(Object.keys(shown[0] ?? {}).toSorted()).toEqual([
      'acceptedAt',
      'encoding',
      'from',
      'id',
      'parts',
      'state',
      'text',
    ]);
  });

  test.each(['%2B33639980001', '+33639980001', '33639980001'])('is found as %s', async (number) => {
    await send('msg_1');
    expect(await messages(number)).toHaveLength(1);
  });

  it('shows nothing that was rejected', async () => {
    await put('/behaviour', { failures: [{ kind: 'reject', next: 1 }] });
    await send('msg_1');
    expect(await messages()).toEqual([]);
  });

  it('is listed with the last thing it received', async () => {
    await send('msg_1', '+33639980002');
    await send('msg_2', '+33639980001');
    expect(await (await ask('/handsets')).json()).toMatchObject([
      { number: '+33639980001', lastAt: LAW_NOW },
      { number: '+33639980002' },
    ]);
  });

  it('answers STOP to its last sender', async () => {
    await send('msg_1');
    const answer = await post('/handsets/+33639980001/replies', { text: 'STOP' });

    expect(await answer.json()).toEqual({ webhookStatus: 200 });
    expect(told('reply')).toMatchObject([
      { from: '+33639980001', to: 'BONHEURE', text: 'STOP', at: LAW_NOW },
    ]);
  });

  it('answers a short code that is named', async () => {
    await post('/handsets/+33639980001/replies', { text: 'STOP', to: '36180' });
    expect(told('reply')).toMatchObject([{ to: '36180' }]);
  });

  it('takes no reply that is not JSON', async () => {
    const answer = await ask('/handsets/+33639980001/replies', { method: 'POST', body: '{' });
    expect(answer.status).toBe(400);
  });

  it('says what our webhook answered, once it has', async () => {
    running.webhookStatus = 503;
    expect(await (await post('/handsets/+33639980001/replies', { text: 'STOP' })).json()).toEqual({
      webhookStatus: 503,
    });
  });

  it('keeps the conversation across a restart', async () => {
    await send('msg_1');
    await post('/handsets/+33639980001/replies', { text: 'OUI' });
    await running.stop();
    running = await runOperator({ folder });

    expect(await (await ask('/handsets/+33639980001/conversation')).json()).toMatchObject([
      { kind: 'received', from: 'BONHEURE' },
      { kind: 'sent', to: 'BONHEURE', text: 'OUI' },
    ]);
    expect(await (await ask('/handsets')).json()).toMatchObject([
      { number: '+33639980001', lastText: 'OUI' },
    ]);
  });
});

describe('receipts', () => {
  it('come after the message, with both ids', async () => {
    await afterDelay({});
    await send('msg_1');
    await expect
      .poll(() => told('receipt'))
      .toMatchObject([{ reference: 'msg_1', to: '+33639980001', state: 'DELIVERED' }]);
    const [message] = await messages();
    expect(message).toMatchObject({ id: told('receipt')[0]?.['id'], state: 'delivered' });
  });

  it('come late when ordered', async () => {
    await put('/behaviour', { receipts: { delayMs: 60_000 } });
    await send('msg_1');
    await hasLooked();
    expect(told('receipt')).toEqual([]);
  });

  it('come twice when ordered', async () => {
    await afterDelay({ duplicate: true });
    await send('msg_1');
    await expect.poll(() => told('receipt')).toHaveLength(2);
  });

  it('never come when lost', async () => {
    await afterDelay({ lost: 1 });
    await send('msg_1');
    await hasLooked();
    expect(told('receipt')).toEqual([]);
  });

  it('are repeated until our webhook accepts them', async () => {
    running.webhookStatus = 503;
    await afterDelay({});
    await send('msg_1');
    await expect.poll(() => told('receipt').length).toBeGreaterThan(0);
    running.webhookStatus = 200;
    await expect.poll(async () => (await messages())[0]?.['state']).toBe('delivered');
  });

  it('go on after a restart where they stopped', async () => {
    await put('/behaviour', { receipts: { delayMs: 60_000 } });
    await send('msg_1');
    await running.stop();
    running = await runOperator({ folder });
    await expect.poll(() => told('receipt')).toMatchObject([{ reference: 'msg_1' }]);
    await running.stop();
    running = await runOperator({ folder });
    await hasLooked();
    expect(told('receipt')).toEqual([]);
  });
});

describe('a callback of the sandbox', () => {
  it('is read as it was sent', async () => {
    await put('/behaviour', { receipts: { delayMs: 0 } });
    await send('msg_1');
    await post('/handsets/+33639980001/replies', { text: 'STOP' });
    await expect.poll(() => told('receipt')).toHaveLength(1);
    const read = running.received.map((body) => gateway.parseCallback(callback(JSON.stringify(body))));
    const events = read.flatMap((one) => (one.kind === 'EVENTS' ? one.events : []));

    expect(events.find(({ kind }) => kind === 'reply')).toMatchObject({
      from: '+33639980001',
      to: 'BONHEURE',
      text: 'STOP',
    });
    expect(events.find(({ kind }) => kind === 'receipt')).toMatchObject({
      reference: 'msg_1',
      state: 'DELIVERED',
    });
  });

  test.each(['', '{', '[]', '{"events":[{"kind":"receipt"}]}', '{"events":[{"kind":"other"}]}'])(
    '%s is left unread',
    (body) => {
      expect(sandbox.read(operatorCall(callback(body)))).toEqual({ events: [], unread: 1 });
    },
  );
});

describe('the sandbox', () => {
  test.each<[string, Record<string, string>]>([
    ['another host', { host: 'bonheure.example' }],
    ['the name of the machine', { host: `${hostname()}.example:8080` }],
    ['a host that begins like ours', { host: 'localhost.example' }],
    ['a proxy', { 'x-forwarded-for': '192.0.2.1' }],
    ['a proxy that names the visitor', { 'x-real-ip': '192.0.2.1' }],
    ['a proxy that names itself', { via: '1.1 proxy' }],
    ['a content network', { 'cf-connecting-ip': '192.0.2.1' }],
    ['a proxy of the standard', { forwarded: 'for=192.0.2.1' }],
    ['the page of another site', { origin: 'https://example.org' }],
  ])('refuses %s', async (_who, headers) => {
    expect(await statusWith(headers)).toBe(403);
    expect(await statusWith(headers, '/sandbox/operator/messages', 'POST')).toBe(403);
  });

  it('refuses a proxy that adds no header', async () => {
    const answered = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(running.origin).port), '127.0.0.1', () => {
        socket.end(`GET /sandbox/handsets HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      });
      let text = '';
      socket.on('data', (piece) => (text += piece.toString()));
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answered).toContain(' 403 ');
  });

  it('answers this machine by name and by address', async () => {
    const { port } = new URL(running.origin);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await statusWith({ host })).toBe(200);
    }
  });

  test.each([
    [{ failures: [{ kind: 'sulk', next: 1 }] }],
    [{ failures: [{ kind: 'reject' }] }],
    [{ failures: [{ kind: 'reject', next: 1, rate: 0.5 }] }],
    [{ latencyMs: -1 }],
    [{ unknown: true }],
  ])('does not obey %j', async (orders) => {
    expect((await put('/behaviour', orders)).status).toBe(400);
  });

  it('fails at the rate that was ordered', async () => {
    await put('/behaviour', { failures: [{ kind: 'reject', rate: 1 }] });
    expect(await gateway.submit(aCall(), await anAttempt(gateway))).toMatchObject({ kind: 'REFUSED' });
  });

  it('fails as often as ordered, then stops', async () => {
    await put('/behaviour', { failures: [{ kind: 'reject', next: 2 }] });
    const kinds: string[] = [];
    for (let n = 0; n < 3; n += 1) kinds.push((await gateway.submit(aCall(), await anAttempt(gateway))).kind);
    expect(kinds).toEqual(['REFUSED', 'REFUSED', 'ACCEPTED']);
  });

  it('answers as slowly as was ordered', async () => {
    await put('/behaviour', { latencyMs: 300 });
    const result = await gateway.submit(aCall(), await anAttempt(gateway));
    if (result.kind !== 'ACCEPTED') throw new Error(`Found ${result.kind}, expected ACCEPTED.`);
    expect(result.answeredAt - result.firstByteAt).toBeGreaterThanOrEqual(290);
  });

  test.each(['', '{', '{"to":"0612345678"}', 'x'.repeat(20_000)])(
    'takes no malformed request',
    async (body) => {
      const answer = await fetch(`${running.origin}/sandbox/operator/messages`, { method: 'POST', body });
      expect(answer.status).toBe(400);
    },
  );
});
