import type { RequestListener, Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { listen, stopServing } from '../../../src/web/server/server.ts';
import { NIGHT } from '../../support/cases.ts';

const HERE = { port: 0, host: '127.0.0.1' };

describe('a server', () => {
  it('names its taken port in one sentence', async () => {
    const first = await listen((_, res) => res.end(), HERE);
    const { port } = first.address() as AddressInfo;
    await expect(listen((_, res) => res.end(), { ...HERE, port })).rejects.toThrow(
      `Port ${port} is in use: stop what uses it, or give another in PORT.`,
    );
    await stopServing(first, 100);
  });

  it('lets open requests end, and cuts hung ones', async () => {
    const begun = Promise.withResolvers<void>();
    const begins = vi.fn<RequestListener>((req, res) => {
      if (req.url === '/slow') setTimeout(() => res.end('done'), 200);
      if (begins.mock.calls.length === 2) begun.resolve();
    });
    const server = await listen(begins, HERE);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [slow, hung] = [fetch(`${url}/slow`), fetch(`${url}/hung`).catch(() => 'cut')];
    await begun.promise;
    await stopServing(server, 600);
    expect(await (await slow).text()).toBe('done');
    expect(await hung).toBe('cut');
  });

  it.runIf(process.platform === 'linux')('takes a crowd’s connections in few turns', async () => {
    const server = await listen((_, res) => res.end('served'), HERE);
    const { port } = server.address() as AddressInfo;
    let turns = 0;
    const sockets = Array.from({ length: 300 }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined),
    );
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await Promise.all(sockets.map(async (socket) => once(socket.resume(), 'close')));
    isOver = true;
    // One socket takes one connection a turn: it needs three hundred.
    expect(turns).toBeLessThan(200);
    await stopServing(server, 100);
  });

  it('waits ten seconds for headers, minutes for bodies', async () => {
    const server = await listen((_, res) => res.end(), HERE);
    const { headersTimeout, requestTimeout } = server;
    expect([headersTimeout, requestTimeout]).toEqual([10_000, 600_000]);
    await stopServing(server, 100);
  });

  it('gives up on headers that never end', NIGHT, async () => {
    const server = await listen((_, res) => res.end(), HERE);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const heard = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(await heard).toContain('408');
    await stopServing(server, 100);
  });

  it.each([
    ['a method that is none', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'INVALID_REQUEST'],
    [
      'a control character in a header',
      'GET / HTTP/1.1\r\nHost: x\r\nA: \u0001\r\n\r\n',
      400,
      'INVALID_REQUEST',
    ],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002', 400, 'INVALID_REQUEST'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(1_000_000)}`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
    ['what it cannot expect', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: a\r\n\r\n', 400, 'INVALID_REQUEST'],
  ])('answers %s as a problem', async (...[, sent, status, code]) => {
    const server = await listen((_req, res) => res.end('served'), HERE);
    const answer = await exchanged(server, sent);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('content-type: application/problem+json');
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    expect(body).toMatchObject({ status, code, type: 'about:blank' });
    await stopServing(server, 100);
  });
});

describe('a server whose connections are all taken', () => {
  it('ends the oldest on which nothing is asked', async () => {
    const server = await listen((_req, res) => res.end('served'), { ...HERE, connections: 20 });
    const { port } = server.address() as AddressInfo;
    const taken = vi.fn<() => void>();
    server.on('connection', taken);
    const silent = Array.from({ length: 60 }, () => connect(port, '127.0.0.1'));
    for (const socket of silent) socket.on('error', () => undefined);
    // Of several sockets that listen, each takes its own in its time: the request is to come behind all of them.
    await vi.waitFor(() => expect(taken).toHaveBeenCalledTimes(60));
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('served');
    await vi.waitFor(() => expect(silent.filter(({ closed }) => closed).length).toBeGreaterThan(40));
    for (const socket of silent) socket.destroy();
    await stopServing(server, 100);
  });
});

describe('a request without a host', () => {
  it('is answered like any other', async () => {
    const server = await listen((_req, res) => res.end('served'), HERE);
    expect(await exchanged(server, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('served');
    await stopServing(server, 100);
  });
});

/** What a raw client reads until the connection ends. */
function exchanged(server: Server, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => (heard += data.toString()));
    socket.once('error', reject);
    socket.once('close', () => resolve(heard));
    socket.write(sent);
  });
}
