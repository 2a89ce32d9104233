import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openLog } from '../../../src/platform/log.ts';
import { WebhookSender } from '../../../src/operations/webhooks/webhook-sender.ts';
import { lockWaiters } from '../../support/lock-waiters.ts';
import { aReceiver } from '../../support/receiver.ts';
import { served } from './served.ts';

const at = await served();
const { ask, admin, database, tenantId, clock } = at;
const { vault } = at.api;
const log = openLog({ level: 'silent', process: 'test' });
const receiver = await aReceiver();
const sender = new WebhookSender({ database, vault, clock, log, privately: true });
/** Somebody else at the same rows. */
const other = new Client({ connectionString: at.at.superUrl });
/** Within a transaction the sessions are those of its first look. */
const onlooker = new Client({ connectionString: at.at.superUrl });
await Promise.all([other.connect(), onlooker.connect()]);

afterAll(async () => {
  await sender.stop();
  await Promise.all([other.end(), onlooker.end()]);
  await receiver.close();
});

const added = async (): Promise<string> =>
  (await ask('POST', '/v1/webhooks', { key: admin, body: { url: receiver.url } })).body.id;

const tested = async (id: string): Promise<string> =>
  (await ask('POST', `/v1/webhooks/${id}/test`, { key: admin, body: {} })).body.id;

/** Resolves once so many sessions of this database wait for a lock; `before` happens ahead of each look. */
const waiting = (count: number, before?: () => Promise<unknown>): Promise<void> =>
  vi.waitFor(
    async () => {
      await before?.();
      expect(await lockWaiters((text) => onlooker.query(text))).toBe(count);
    },
    { timeout: 60_000 },
  );

describe('requests that meet at the same rows', () => {
  it('remove a webhook while its delivery is recorded', async () => {
    const id = await added();
    const delivery = await tested(id);
    await other.query('BEGIN');
    await other.query('SELECT FROM webhook_endpoint WHERE id = $1 FOR UPDATE', [id]);
    const removed = ask('DELETE', `/v1/webhooks/${id}`, { key: admin });
    await waiting(1);
    // What is due by the clock of the database may be due a moment later by the sender's.
    await waiting(2, () => sender.turn());
    // Whoever waits for the endpoint holds none of its deliveries.
    const free = await other.query('SELECT FROM webhook_delivery WHERE id = $1 FOR UPDATE SKIP LOCKED', [
      delivery,
    ]);
    await other.query('COMMIT');
    await sender.idle();
    expect((await removed).status).toBe(204);
    expect(free.rowCount).toBe(1);
  });

  it('are retried when the server ends them', async () => {
    const id = await added();
    const delivery = await tested(id);
    await other.query(`BEGIN; SET LOCAL deadlock_timeout = '1min'`);
    await other.query('SELECT FROM webhook_delivery WHERE id = $1 FOR UPDATE', [delivery]);
    const removed = ask('DELETE', `/v1/webhooks/${id}`, { key: admin });
    await waiting(1);
    await other.query('SELECT FROM webhook_endpoint WHERE id = $1 FOR UPDATE', [id]);
    await other.query('COMMIT');
    expect((await removed).status).toBe(204);
    const audits = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql`SELECT FROM audit_entry WHERE action = 'webhook.removed' AND subject = ${id}`),
    );
    expect(audits).toHaveLength(1);
  });

  it('record one opt-out through the journal', async () => {
    const phone = '+33639980301';
    const contactId: string = (await ask('POST', '/v1/contacts', { key: admin, body: { phone } })).body.id;
    await other.query(`BEGIN; SET LOCAL deadlock_timeout = '1min'`);
    await other.query('LOCK TABLE suppression IN SHARE ROW EXCLUSIVE MODE');
    const body = { contactId, purpose: 'marketing', channel: 'phone' };
    const left = ask('POST', '/v1/consents/withdrawals', { key: admin, body });
    await waiting(1);
    await other.query('SELECT FROM contact WHERE id = $1 FOR UPDATE', [contactId]);
    await other.query('COMMIT');
    expect((await left).status).toBe(202);
    const events = async (): Promise<number | null> =>
      (await onlooker.query('SELECT FROM consent_event WHERE contact_id = $1', [contactId])).rowCount;
    await expect.poll(events).toBe(1);
  });
});
