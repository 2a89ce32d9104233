import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen, stopServing } from '../../src/http/server.ts';

const HERE = { port: 0, host: '127.0.0.1' };

describe('a server', () => {
  it('says in one sentence that its port is in use', async () => {
    const first = await listen((_, res) => res.end(), HERE);
    const { port } = first.address() as AddressInfo;
    await expect(listen((_, res) => res.end(), { ...HERE, port })).rejects.toThrow(
      `Port ${port} is in use: stop what uses it, or give another in PORT.`,
    );
    await stopServing(first, 100);
  });

  it('lets what was begun end, and cuts what hangs', async () => {
    const server = await listen((req, res) => {
      if (req.url === '/slow') setTimeout(() => res.end('done'), 200);
    }, HERE);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [slow, hung] = [fetch(`${url}/slow`), fetch(`${url}/hung`).catch(() => 'cut')];
    await new Promise((resolve) => setTimeout(resolve, 100));
    await stopServing(server, 600);
    expect(await (await slow).text()).toBe('done');
    expect(await hung).toBe('cut');
  });

  it('gives up a client that never ends its headers', async () => {
    const server = await listen((_, res) => res.end(), HERE);
    const { headersTimeout, requestTimeout, maxConnections } = server;
    expect([headersTimeout, requestTimeout, maxConnections]).toEqual([10_000, 600_000, 2_000]);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const heard = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(await heard).toContain('408');
    await stopServing(server, 100);
  });
});
