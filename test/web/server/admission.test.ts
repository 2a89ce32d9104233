import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, expect, it } from 'vitest';
import { Admission, becomeKnown } from '../../../src/web/server/admission.ts';
import { budgets } from '../../../src/web/server/budgets.ts';

const admission = new Admission({ monotonic: () => 0 });
let gone = 0;
const app = express().use(async (req, res) => {
  admission.enter(req, res);
  if (req.path === '/gone') {
    await once(res, 'close');
    gone += 1;
  }
  becomeKnown(res, { tenant: 'tenant', key: 'key' });
  res.end('served');
});
const server = createServer(app).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

it('a hung-up stranger keeps no share', async () => {
  for (let n = 0; n <= budgets.known.requests.ofTenant; n += 1) {
    const leaving = new AbortController();
    const asked = fetch(`${origin}/gone`, { signal: leaving.signal }).catch(() => undefined);
    await once(server, 'request');
    leaving.abort();
    await asked;
  }
  expect(gone).toBeGreaterThan(0);
  expect(await (await fetch(`${origin}/here`)).text()).toBe('served');
});
