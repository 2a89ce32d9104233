import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from './conformance/scenario-list.ts';
import { CREDENTIALS, openAccount, PATHS } from './conformance/subject.ts';

const pem = (name: string): string => readFileSync(new URL(`smpp/${name}`, import.meta.url), 'utf8');

/** An operator with an untrusted certificate, and what it received. */
let origin = '';
const heard: string[] = [];
const server = createServer({ key: pem('loopback.key'), cert: pem('loopback.crt') }, (request, response) => {
  heard.push(request.url ?? '');
  response.end('{}');
});
beforeAll(async () => {
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', () => done());
  });
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

describe('an operator whose certificate does not verify', () => {
  it.each(KINDS.filter((kind) => kind !== 'smpp'))('is never written to: %s', async (kind) => {
    const gateway = openAccount(kind, origin + PATHS[kind], CREDENTIALS[kind]);
    try {
      gateway.reserve(1);
      expect(await gateway.health(AbortSignal.timeout(5_000))).toEqual({ ok: false, code: 'UNREACHABLE' });
      expect(gateway.freeSlots()).toBe(0);
      expect(heard).toEqual([]);
    } finally {
      await gateway.close();
    }
  });
});
