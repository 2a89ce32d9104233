import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { recordAudit } from '../../../../src/company/audit/audit-entry.repository.ts';
import { WebhookSender } from '../../../../src/operations/webhooks/webhook-sender.ts';
import { openLog } from '../../../../src/platform/log.ts';
import { dueEndpoints } from '../../../../src/operations/webhooks/webhook.repository.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { aReceiver } from '../../../support/receiver.ts';
import { served } from '../../server/served.ts';

const at = await served();
const { ask, database, clock } = at;
const log = openLog({ level: 'silent', process: 'test' });
const ENDPOINTS = 101;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Calls outlast the test. */
const PATIENCE_MS = 600_000;

/** Begins a sender with much patience. */
function patientSender(monotonic = (): number => performance.now()): WebhookSender {
  const { vault } = at.api;
  const timeoutMs = PATIENCE_MS;
  const own = Object.assign(new ShiftedClock(), { monotonic });
  const by = new WebhookSender({ database, vault, clock: own, log, privately: true, timeoutMs });
  closing.push(() => by.stop());
  return by;
}

/** Listens on loopback, accepts, and says nothing. */
async function silentServer(): Promise<{ readonly url: string; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
}

/** Adds a tenant with endpoints at these addresses, which stay only for one test. */
const aTenant = async (urls: readonly string[]): Promise<string> => {
  const { id, key } = await at.anotherTenant();
  closing.push(async () => {
    const removed = sql`UPDATE webhook_endpoint SET removed_at = clock_timestamp() WHERE tenant_id = ${id}::uuid`;
    await database.withTenant(id, (tx) => tx.run(removed));
  });
  for (const url of urls)
    expect((await ask('POST', '/v1/webhooks', { key, body: { url } })).status).toBe(201);
  return id;
};

const happens = (tenant: string): Promise<void> =>
  database.withTenant(tenant, (tx) =>
    recordAudit(
      tx,
      { actor: 'system', action: 'series.ended', subject: randomUUID(), details: {} },
      { at: clock.now().toISO(), machineMs: clock.machine() },
    ),
  );

/** Turns once all that was written is due by the clock of the sender. */
async function turns(by: WebhookSender): Promise<void> {
  const now = sql<{ ms: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
  const written = await database.outside((tx) => tx.first(now));
  await expect.poll(() => clock.machine()).toBeGreaterThan(written?.ms ?? Infinity);
  await by.turn();
}

/** Has more endpoints than there are lanes owe something to the silent server, so many of each tenant. */
async function manyWait(by: WebhookSender, each: number): Promise<ReadonlySet<Socket>> {
  const silent = await silentServer();
  for (let left = ENDPOINTS; left > 0; left -= each)
    await happens(await aTenant(Array.from({ length: Math.min(each, left) }, () => silent.url)));
  await turns(by);
  await expect.poll(() => silent.sockets.size).toBeGreaterThan(0);
  return silent.sockets;
}

describe('an event of another tenant', () => {
  it.each([
    ['six tenants', 17],
    ['thirty-four tenants', 3],
  ])('arrives while endpoints of %s hang', { timeout: 120_000 }, async (_, each) => {
    const by = patientSender();
    const hanging = await manyWait(by, each);
    const good = await aReceiver();
    closing.push(() => good.close());
    await happens(await aTenant([good.url]));
    await turns(by);
    expect(await good.holds(1)).toHaveLength(1);
    expect(hanging.size).toBeGreaterThan(0);
  });
});

describe('a lane', () => {
  it('begins no post once its time is over', async () => {
    let now = 0;
    const by = patientSender(() => now);
    const slow = await aReceiver();
    closing.push(() => slow.close());
    const held: ServerResponse[] = [];
    slow.answers(...Array.from({ length: 4 }, () => (response: ServerResponse) => void held.push(response)));
    const tenant = await aTenant([slow.url]);
    for (let n = 0; n < 6; n += 1) await happens(tenant);
    await turns(by);
    await slow.holds(4);
    now = PATIENCE_MS;
    for (const response of held) response.writeHead(204).end();
    await by.idle();
    expect(slow.received).toHaveLength(4);
    await turns(by);
    await by.idle();
    expect(slow.received).toHaveLength(6);
  });
});

describe('endpoints that are served next', () => {
  it('work before those that fail, tenants in rotation', async () => {
    const names = new Map<string, string>();
    for (const tenant of ['one', 'two']) {
      const id = await aTenant(['http://127.0.0.1:9/1', 'http://127.0.0.1:9/2', 'http://127.0.0.1:9/3']);
      await happens(id);
      await database.withTenant(id, (tx) =>
        tx.run(sql`
          UPDATE webhook_endpoint SET failing_since = clock_timestamp(), failing_because = 'TIMEOUT'
           WHERE id = (SELECT min(id::text)::uuid FROM webhook_endpoint WHERE tenant_id = ${id}::uuid)`),
      );
      names.set(id, tenant);
    }
    const later = new Date(clock.machine() + 60_000).toISOString();
    const next = async (most: number): Promise<string[]> =>
      (await dueEndpoints(database, later, most)).map(
        ({ tenantId, failing }) => `${names.get(tenantId) ?? tenantId}${failing ? ' fails' : ''}`,
      );
    expect(await next(10)).toEqual(['one', 'two', 'one', 'two', 'one fails', 'two fails']);
    expect(await next(1)).toEqual(['one', 'one fails']);
  });
});
