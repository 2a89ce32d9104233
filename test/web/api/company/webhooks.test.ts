import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { KeyRotation } from '../../../../src/rotation/key-rotation.ts';
import { openLog } from '../../../../src/platform/log.ts';
import { recordAudit } from '../../../../src/company/audit/audit-entry.repository.ts';
import { WebhookSender, waitAfter } from '../../../../src/operations/webhooks/webhook-sender.ts';
import { aReceiver, verified, type Receiver } from '../../../support/receiver.ts';
import { served } from '../../server/served.ts';

const at = await served();
const { ask, admin, database, tenantId, clock } = at;
const { vault } = at.api;
const log = openLog({ level: 'silent', process: 'test' });
const open: (Receiver | WebhookSender)[] = [];

const receiver = async (): Promise<Receiver> => {
  const one = await aReceiver();
  open.push(one);
  return one;
};

const sender = (more: { timeoutMs?: number; privately?: boolean } = {}): WebhookSender =>
  new WebhookSender({ database, vault, clock, log, privately: true, ...more });

/** What is due by the clock of the database becomes due by a sender's, which may be a moment behind. */
const turns = async (by: WebhookSender): Promise<void> => {
  const now = sql<{ ms: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
  const written = await database.outside((tx) => tx.first(now));
  await expect.poll(() => clock.machine()).toBeGreaterThan(written?.ms ?? Infinity);
  await by.turn();
};
const sends = (by = sender()): Promise<void> => turns(by).then(() => by.idle());

const add = async (url: string, more: object = {}, key = admin): Promise<{ id: string; secret: string }> =>
  (await ask('POST', '/v1/webhooks', { key, body: { url, ...more } })).body;

const deliveries = async (id: string, query = '') =>
  (await ask('GET', `/v1/webhooks/${id}/deliveries${query}`, { key: admin })).body.items;

/** News with a subject of their own. */
const happens = (type: string, subject: string = randomUUID(), tenant = tenantId): Promise<void> =>
  database.withTenant(tenant, (tx) =>
    recordAudit(
      tx,
      { actor: 'system', action: type, subject, details: { code: 'BUDGET' } },
      { at: clock.now().toISO(), machineMs: clock.machine() },
    ),
  );

const dueNow = (): Promise<number> =>
  database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`UPDATE webhook_endpoint SET resting_until = NULL`);
    return tx.run(
      sql`UPDATE webhook_delivery SET next_attempt_at = clock_timestamp() WHERE state = 'pending'`,
    );
  });

afterEach(async () => {
  const { items } = (await ask('GET', '/v1/webhooks', { key: admin })).body;
  for (const { id } of items) await ask('DELETE', `/v1/webhooks/${id}`, { key: admin });
});

afterAll(async () => {
  for (const one of open) await ('close' in one ? one.close() : one.stop());
});

describe('a webhook', () => {
  it('shows its secret once, and never again', async () => {
    const { id, secret } = await add('http://127.0.0.1:9/', {
      events: ['series.ended'],
      description: 'Agenda',
    });
    expect(secret).toMatch(/^whsec_/);
    const shown = await ask('GET', `/v1/webhooks/${id}`, { key: admin });
    expect(shown.body).toMatchObject({
      url: 'http://127.0.0.1:9/',
      events: ['series.ended'],
      description: 'Agenda',
      failing: null,
    });
    expect(shown.text + (await ask('GET', '/v1/webhooks', { key: admin })).text).not.toContain('whsec_');
    expect(at.logged()).not.toContain(secret);
    const [row] = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ sealed: Buffer }>`SELECT sealed_secret AS sealed FROM webhook_endpoint WHERE id = ${id}`),
    );
    expect(row?.sealed.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false);
    expect(row?.sealed.toString('latin1')).not.toContain(secret.slice(6));
  });

  it('is changed in part, and removed once', async () => {
    const { id } = await add('http://127.0.0.1:9/');
    const patched = await ask('PATCH', `/v1/webhooks/${id}`, {
      key: admin,
      body: { events: ['import.finished'] },
    });
    expect(patched.body).toMatchObject({ url: 'http://127.0.0.1:9/', events: ['import.finished'] });
    expect((await ask('DELETE', `/v1/webhooks/${id}`, { key: admin })).status).toBe(204);
    expect((await ask('DELETE', `/v1/webhooks/${id}`, { key: admin })).status).toBe(404);
    expect((await ask('GET', `/v1/webhooks/${id}/deliveries`, { key: admin })).status).toBe(404);
  });

  it('for an unknown event is refused', async () => {
    const body = { url: 'http://127.0.0.1:9/', events: ['reminder.read'] };
    const refused = await ask('POST', '/v1/webhooks', { key: admin, body });
    expect(refused.body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ pointer: '/events/0' }] });
    expect(refused.text).toContain('reminder.undelivered');
  });

  it('is limited to twenty', async () => {
    for (let count = 0; count < 20; count += 1) await add(`http://127.0.0.1:9/${count}`);
    expect(await add('http://127.0.0.1:9/21')).toMatchObject({ code: 'TOO_MANY_WEBHOOKS' });
  });
});

describe('an event', () => {
  it('reaches its listeners with an official signature', async () => {
    const [all, some] = [await receiver(), await receiver()];
    const { id, secret } = await add(all.url);
    await add(some.url, { events: ['import.finished'] });
    const campaign = randomUUID();
    await happens('campaign.parked', campaign);
    await happens('tenant.changed');
    await sends();
    expect(some.received).toEqual([]);
    const [got] = all.received;
    expect(all.received).toHaveLength(1);
    const payload = verified(secret, got ?? { path: '', headers: {}, body: '' });
    expect(payload).toEqual({
      type: 'campaign.parked',
      id: got?.headers['webhook-id'],
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      tenantId,
      data: { campaignId: campaign, code: 'BUDGET', by: 'system' },
    });
    expect(await deliveries(id)).toEqual([
      expect.objectContaining({
        id: payload['id'],
        type: 'campaign.parked',
        state: 'delivered',
        attempts: 1,
        payload,
      }),
    ]);
  });

  it('with unreadable data is sent without it', async () => {
    const there = await receiver();
    await add(there.url);
    const contact = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '06 39 98 77 01' } });
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE contact SET sealed = 'altered'::bytea WHERE id = ${contact.body.id}::uuid`),
    );
    await happens('contact.number-retired', String(contact.body.id));
    await happens('campaign.parked');
    await sends();
    const told = there.received.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(told.map(({ type }) => type)).toEqual(['contact.number-retired', 'campaign.parked']);
    expect(told[0]?.data).toMatchObject({ contactId: contact.body.id, phone: null });
  });

  it.each([
    ['sealed_secret', 'altered', undefined],
    ['sealed_url', 'altered', null],
    ['sealed_url', '', null],
  ])('with %s %j waits and shows failing', async (column, bytes, url) => {
    const [lost, well] = [await receiver(), await receiver()];
    const { id } = await add(lost.url);
    await add(well.url);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE webhook_endpoint SET ${sql.ref(column)} = ${bytes}::bytea WHERE id = ${id}::uuid`),
    );
    await happens('series.ended');
    await sends();
    expect([lost.received.length, well.received.length]).toEqual([0, 1]);
    const because = 'SECRET_UNREADABLE';
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', attempts: 1, because }]);
    const { items } = (await ask('GET', '/v1/webhooks', { key: admin })).body;
    const shownUrl = url === undefined ? lost.url : url;
    expect(items).toMatchObject([{ id, url: shownUrl, failing: { because } }, { url: well.url }]);
    const body = { url: well.url };
    expect((await ask('PATCH', `/v1/webhooks/${id}`, { key: admin, body })).body).toMatchObject(body);
  });

  it('is retried ever later after a 500', async () => {
    const there = await receiver();
    const { id, secret } = await add(there.url);
    there.answers((response) => response.writeHead(500).end('x'.repeat(1_000_000)));
    await happens('series.ended');
    await sends();
    expect(await deliveries(id, '?state=pending')).toMatchObject([{ attempts: 1, because: 'HTTP_500' }]);
    expect((await ask('GET', `/v1/webhooks/${id}`, { key: admin })).body.failing).toMatchObject({
      because: 'HTTP_500',
    });
    await sends();
    expect(there.received).toHaveLength(1);
    await dueNow();
    await sends();
    const ids = there.received.map((one) => verified(secret, one)['id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await deliveries(id, '?state=delivered')).toMatchObject([{ attempts: 2, because: null }]);
    expect((await ask('GET', `/v1/webhooks/${id}`, { key: admin })).body.failing).toBeNull();
    expect([0, 1, 2, 6, 60].map(waitAfter)).toEqual([5_000, 15_000, 45_000, 3_600_000, 3_600_000]);
  });

  it('fails after three days, until replayed', async () => {
    const there = await receiver();
    const { id } = await add(there.url);
    there.answers((response) => response.writeHead(503).end());
    await happens('series.ended');
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE webhook_delivery SET expires_at = clock_timestamp()`),
    );
    await sends();
    const [failed] = await deliveries(id, '?state=failed');
    expect(failed).toMatchObject({ attempts: 1, because: 'HTTP_503', nextAttemptAt: null });
    const replayed = await ask('POST', `/v1/webhooks/${id}/deliveries/${failed.id}/replay`, { key: admin });
    expect([replayed.status, replayed.body.state]).toEqual([202, 'pending']);
    await sends();
    expect((await deliveries(id))[0]).toMatchObject({ id: failed.id, state: 'delivered', attempts: 2 });
    const unknown = `/v1/webhooks/${id}/deliveries/${randomUUID()}/replay`;
    expect((await ask('POST', unknown, { key: admin })).status).toBe(404);
  });

  it('follows no redirect', async () => {
    const [there, elsewhere] = [await receiver(), await receiver()];
    const { id } = await add(there.url);
    there.answers((response) => response.writeHead(307, { location: elsewhere.url }).end());
    await happens('series.ended');
    await sends();
    expect(elsewhere.received).toEqual([]);
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', because: 'REDIRECT' });
  });

  it('is not taken by what is no answer', async () => {
    const there = await receiver();
    const { id } = await add(there.url);
    there.answers((response) =>
      response.socket?.end('HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    );
    await happens('series.ended');
    await sends();
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', because: 'UNREACHABLE' });
    there.answers((response) => response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`));
    await dueNow();
    await sends();
    expect((await deliveries(id))[0]).toMatchObject({
      state: 'pending',
      because: 'UNREACHABLE',
      attempts: 2,
    });
  });

  it('waits until the time-out, delaying nobody else', async () => {
    const [slow, quick] = [await receiver(), await receiver()];
    const { id } = await add(slow.url);
    await add(quick.url);
    slow.answers(() => undefined);
    await happens('series.ended');
    const by = sender({ timeoutMs: 1_500 });
    open.push(by);
    await turns(by);
    await quick.holds(1);
    expect((await deliveries(id))[0].state).toBe('pending');
    await happens('series.ended');
    await turns(by);
    expect(await quick.holds(2)).toHaveLength(2);
    expect(slow.received).toHaveLength(1);
    await by.idle();
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', because: 'TIMEOUT', attempts: 1 });
  });

  it('goes to no private address', async () => {
    const there = await receiver();
    const named = there.url.replace('127.0.0.1', 'localhost');
    const [byNumber, byName] = [await add(there.url), await add(named)];
    await happens('series.ended');
    await sends(sender({ privately: false }));
    expect(there.received).toEqual([]);
    for (const { id } of [byNumber, byName])
      expect((await deliveries(id))[0]).toMatchObject({ because: 'ADDRESS_REFUSED' });
    await dueNow();
    await sends();
    expect(there.received).toHaveLength(2);
  });

  it('is delivered after a crash', async () => {
    const there = await receiver();
    const { id, secret } = await add(there.url);
    const failing = database.withTenant(tenantId, async (tx) => {
      const when = { at: clock.now().toISO(), machineMs: clock.machine() };
      await recordAudit(tx, { actor: 'system', action: 'series.ended', subject: randomUUID() }, when);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await happens('series.ended');
    there.answers(() => undefined);
    const dying = sender();
    await turns(dying);
    await there.holds(1);
    await dying.stop();
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', attempts: 0 }]);
    await sends();
    expect(there.received.map((one) => verified(secret, one)['id'])).toHaveLength(2);
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });

  it('of a test reports nothing', async () => {
    const there = await receiver();
    const { id, secret } = await add(there.url, { events: ['import.finished'] });
    const asked = await ask('POST', `/v1/webhooks/${id}/test`, { key: admin });
    expect(asked.status).toBe(202);
    await sends();
    expect(there.received.map((one) => verified(secret, one))).toMatchObject([
      { type: 'webhook.test', data: {} },
    ]);
  });

  it('is the business of its tenant alone', async () => {
    const there = await receiver();
    const other = await at.anotherTenant();
    const mine = await add(there.url);
    const theirs = await add(there.url, {}, other.key);
    await happens('series.ended', randomUUID(), other.id);
    await sends();
    expect(there.received.map((one) => verified(theirs.secret, one)['tenantId'])).toEqual([other.id]);
    expect(await deliveries(mine.id)).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/deliveries'],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const) {
      const asked = await ask(method, `/v1/webhooks/${theirs.id}${path}`, {
        key: admin,
        ...(method === 'PATCH' ? { body: {} } : {}),
      });
      expect([method, path, asked.status]).toEqual([method, path, 404]);
    }
  });

  it('is forgotten thirty days after its end', async () => {
    const there = await receiver();
    const { id } = await add(there.url);
    await happens('series.ended');
    await sends();
    await database.withTenant(tenantId, (tx) =>
      tx.run(
        sql`UPDATE webhook_delivery SET finished_at = finished_at - interval '31 days' WHERE endpoint_id = ${id}`,
      ),
    );
    await sends();
    expect(await deliveries(id)).toEqual([]);
  });
});

describe('the address of an endpoint, which may hold a token', () => {
  const TOKEN = 'T0KEN-T0KEN-T0KEN';
  const kept = (id: string) =>
    database.withTenant(tenantId, (tx) =>
      tx.first(sql<{ row: string; url: string | null }>`
        SELECT e::text AS row, url FROM webhook_endpoint e WHERE id = ${id}::uuid`),
    );
  const inHex = Buffer.from(TOKEN).toString('hex');
  const shown = async (id: string): Promise<string> =>
    String((await ask('GET', `/v1/webhooks/${id}`, { key: admin })).body.url);

  it('is sealed when added and changed', async () => {
    const { id } = await add(`https://hooks.example/${TOKEN}`);
    expect(await shown(id)).toBe(`https://hooks.example/${TOKEN}`);
    const changed = `https://hooks.example/2/${TOKEN}`;
    expect((await ask('PATCH', `/v1/webhooks/${id}`, { key: admin, body: { url: changed } })).body.url).toBe(
      changed,
    );
    const row = (await kept(id))?.row ?? '';
    expect([row.includes(TOKEN), row.includes(inHex), row.length > 100]).toEqual([false, false, true]);
  });

  it('is sealed later when kept in clear', async () => {
    const there = await receiver();
    const { id } = await add(there.url);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE webhook_endpoint SET url = ${there.url}, sealed_url = NULL WHERE id = ${id}::uuid`),
    );
    await happens('series.ended');
    await sends();
    expect([there.received.length, await shown(id), (await kept(id))?.url]).toEqual([
      1,
      there.url,
      there.url,
    ]);
    const rotation = new KeyRotation({ database, vault, ring: at.ring, clock });
    await rotation.turn();
    expect([await shown(id), (await kept(id))?.url]).toEqual([there.url, null]);
  });
});
