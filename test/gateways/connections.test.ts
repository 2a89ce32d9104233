import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { Connections, type Exchange } from '../../src/gateways/connections.ts';
import type { CallBounds } from '../../src/sending/gateway/gateway.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** An operator of bare sockets that handles each request by one function. */
interface RawOperator {
  readonly origin: string;
  readonly port: number;
  readonly sockets: Socket[];
  readonly requests: string[];
  stop(): Promise<void>;
}

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function rawOperator(answer: (socket: Socket) => void, port = 0): Promise<RawOperator> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (String(data).startsWith('GET /hello')) {
        socket.write(OK);
        return;
      }
      requests.push(String(data));
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  const operator: RawOperator = {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    sockets,
    requests,
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.push(operator);
  return operator;
}

function connectionsTo(origin: string, connections = 2): Connections {
  const made = new Connections({
    origin,
    connections,
    requestTimeoutMs: 300,
    greeting: { method: 'GET', path: '/hello', headers: {} },
  });
  running.unshift({ stop: () => made.close() });
  return made;
}

const seated = (connections: Connections, n = 1) =>
  expect.poll(() => connections.freeSlots()).toBeGreaterThanOrEqual(n);

async function exchange(connections: Connections, different: Partial<CallBounds> = {}): Promise<Exchange> {
  if (!different.slot) await seated(connections);
  const slot = different.slot ?? connections.reserve(1)[0];
  if (slot === undefined) throw new Error('A seat was seen, and none was given.');
  return connections.exchange(
    { method: 'POST', path: '/send', headers: { 'content-type': 'application/json' }, body: '{}' },
    {
      writeBefore: performance.now() + 250,
      signal: new AbortController().signal,
      monotonic: () => performance.now(),
      machine: () => Date.now(),
      ...different,
      slot,
    },
  );
}

describe('one request on one connection', () => {
  test.each<[string, (socket: Socket) => void, Partial<Exchange>]>([
    ['is answered', (s) => s.write(OK), { kind: 'answered' }],
    ['without an answer is unknown', () => {}, { kind: 'unknown', reason: 'timeout' }],
    ['cut off is unknown', (s) => s.resetAndDestroy(), { kind: 'unknown', reason: 'reset' }],
    ['closed politely is unknown', (s) => s.end(), { kind: 'unknown', reason: 'reset' }],
    [
      'answered half is unknown',
      (s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{'),
      { kind: 'unknown' },
    ],
    [
      'answered in another tongue is unknown',
      (s) => s.write('EHLO\r\n\r\n'),
      { kind: 'unknown', reason: 'parse' },
    ],
    [
      'answered without end is unknown',
      (s) => s.write(`HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`),
      { kind: 'unknown', reason: 'parse' },
    ],
  ])('%s', async (_sentence, answer, outcome) => {
    const operator = await rawOperator(answer);
    const connections = connectionsTo(operator.origin);

    expect(await exchange(connections)).toMatchObject(outcome);
    expect(operator.requests).toHaveLength(1);
  });

  it('is written once, whatever goes wrong', async () => {
    const operator = await rawOperator((socket) => socket.resetAndDestroy());
    const connections = connectionsTo(operator.origin);
    for (let n = 0; n < 5; n += 1) await exchange(connections);

    expect(operator.requests).toHaveLength(5);
  });

  it('reports when its first byte left', async () => {
    const operator = await rawOperator((socket) => socket.write(OK));
    const connections = connectionsTo(operator.origin);
    let told = 0;
    await exchange(connections, { onFirstByte: () => (told += 1) });

    expect(told).toBe(1);
  });

  it('never leaves once its connection is lost', async () => {
    const operator = await rawOperator((socket) => socket.write(OK));
    const connections = connectionsTo(operator.origin, 1);
    await seated(connections);
    const [slot] = connections.reserve(1);
    operator.sockets.forEach((socket) => socket.destroy());
    // The loss is known once another connection is open in its place.
    await expect.poll(() => connections.freeSlots()).toBe(1);

    expect(await exchange(connections, { slot: slot ?? { release: () => {} } })).toEqual({
      kind: 'not-connected',
    });
    expect(operator.requests).toEqual([]);
  });
});

describe('the free list', () => {
  it('offers nothing before a connection is open', async () => {
    expect(connectionsTo('http://127.0.0.1:9').freeSlots()).toBe(0);
  });

  it('keeps one request a connection', async () => {
    const operator = await rawOperator(() => {});
    const connections = connectionsTo(operator.origin, 2);
    await seated(connections, 2);
    const waiting = [exchange(connections), exchange(connections)];
    await expect.poll(() => operator.requests.length).toBe(2);

    expect(connections.freeSlots()).toBe(0);
    expect(connections.reserve(1)).toEqual([]);
    await Promise.all(waiting);
  });

  it('recovers by itself seconds after an outage', async () => {
    const operator = await rawOperator((socket) => socket.write(OK));
    const connections = connectionsTo(operator.origin);
    await seated(connections);
    running.splice(running.indexOf(operator), 1);
    await operator.stop();
    await expect.poll(() => connections.freeSlots()).toBe(0);

    await rawOperator((socket) => socket.write(OK), operator.port);
    await expect.poll(() => connections.freeSlots(), { timeout: 4_000 }).toBeGreaterThan(0);
    expect(await exchange(connections)).toMatchObject({ kind: 'answered' });
  });

  it('retries a failed operator after two seconds', async () => {
    const operator = await rawOperator(() => {});
    running.splice(running.indexOf(operator), 1);
    await operator.stop();
    const tried: number[] = [];
    const refusing = createServer((socket) => {
      tried.push(performance.now());
      socket.destroy();
    });
    await new Promise<void>((resolve) => refusing.listen(operator.port, '127.0.0.1', resolve));
    running.push({ stop: () => new Promise((resolve) => refusing.close(() => resolve())) });
    const began = performance.now();
    const connections = connectionsTo(operator.origin, 4);
    const asking = setInterval(() => connections.reserve(4), 10);
    await expect.poll(() => tried.length, { interval: 10 }).toBeGreaterThan(4);
    clearInterval(asking);

    // Each of the four was tried once; a busy machine only makes the fifth later.
    expect((tried[4] ?? began) - began).toBeGreaterThan(1_990);
  });

  it('closes once what was written is answered', async () => {
    const operator = await rawOperator((socket) => setTimeout(() => socket.write(OK), 100));
    const connections = connectionsTo(operator.origin);
    const answer = exchange(connections);
    await expect.poll(() => operator.requests.length).toBe(1);
    await connections.close();

    expect(await answer).toMatchObject({ kind: 'answered' });
    expect(connections.reserve(1)).toEqual([]);
  });
});
