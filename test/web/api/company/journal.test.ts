import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { reportJournal } from '../../../../src/platform/database/process.repository.ts';
import { readGateways } from '../../../../src/settings/gateway-account.ts';
import { answerErrors } from '../../../../src/web/server/answer.ts';
import { inboundPort } from '../../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../../src/web/public/inbound.ts';
import { filesOf } from '../../../../src/platform/journal/process-folder.ts';
import type { Journal } from '../../../../src/platform/journal/journal.ts';
import { aJournal } from '../../../pure/platform/journal/journal-on-disk.ts';
import { aWay } from '../../../support/way.ts';
import { served } from '../../server/served.ts';

const way = await aWay();
const { ask, admin, api, database, keyOf, tenantId } = await served({ through: way.folder });
const ready = async () => (await ask('GET', '/readyz')).status;
const suppressed = async () => (await ask('GET', '/v1/suppressions', { key: admin })).body.items.length;
const withdrawal = (key: string, phone: string) =>
  ask('POST', '/v1/consents/withdrawals', { key, body: { phone, purpose: 'all', channel: 'counter' } });

describe('an opt-out during a database outage', () => {
  it('is journaled under a recently seen key', async () => {
    const operator = await keyOf('operator');
    expect((await withdrawal(operator, '+33639980101')).status).toBe(201);
    const before = await suppressed();
    await way.cut();
    const left = await withdrawal(operator, '+33639980102');
    expect([left.status, left.body]).toEqual([202, { contactId: null, eventIds: [], endedSeries: [] }]);
    const listed = await ask('POST', '/v1/suppressions', {
      key: admin,
      body: { phone: '+33639980103', purpose: 'marketing' },
    });
    expect([listed.status, listed.body]).toEqual([202, { id: null, contactId: null }]);
    await way.mend();
    await expect.poll(ready).toBe(200);
    expect(await suppressed()).toBe(before + 2);
  });

  it('is journaled despite an old connection', async () => {
    const operator = await keyOf('operator');
    expect((await withdrawal(operator, '+33639980131')).status).toBe(201);
    const another = Object.assign(new Error('another database'), { code: 'ENOTCONN' });
    const looks = vi.spyOn(api.journal, 'here').mockRejectedValueOnce(another);
    expect((await withdrawal(operator, '+33639980132')).status).toBe(202);
    expect(looks).toHaveBeenCalled();
    await expect.poll(ready).toBe(200);
  });

  it('with a revoked key changes nothing', async () => {
    const [first, here, elsewhere] = [
      await keyOf('auditor'),
      await keyOf('operator'),
      await keyOf('operator'),
    ];
    for (const key of [first, here, elsewhere])
      expect((await withdrawal(key, '+33639980106')).status).toBeLessThan(300);
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    const [ofFirst, ofHere, ofElsewhere] = items.slice(-3).map(({ id }: { id: string }) => id);
    for (const id of [ofFirst, ofHere])
      expect((await ask('DELETE', `/v1/keys/${id}`, { key: admin })).status).toBe(204);
    // Refused on the very next call; the other one is not called at all.
    expect((await withdrawal(first, '+33639980106')).status).toBe(401);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE api_key SET revoked_at = now() WHERE id = ${ofElsewhere}::uuid`),
    );
    await api.callers.recheck();
    const before = await suppressed();
    await way.cut();
    for (const key of [first, here, elsewhere])
      expect(await withdrawal(key, '+33639980107')).toMatchObject({
        status: 503,
        body: { code: 'DATABASE_UNAVAILABLE' },
      });
    expect((await withdrawal(admin, '+33639980106')).status).toBe(202);
    await way.mend();
    await expect.poll(ready).toBe(200);
    expect(await suppressed()).toBe(before);
  });

  it('with an unknown key changes nothing', async () => {
    const before = await suppressed();
    await way.cut();
    expect((await withdrawal('never-shown-to-this-process', '+33639980104')).body.code).toBe(
      'DATABASE_UNAVAILABLE',
    );
    expect((await withdrawal(admin, 'not a number')).body.code).toBe('NUMBER_INVALID');
    await way.mend();
    await expect.poll(ready).toBe(200);
    expect(await suppressed()).toBe(before);
  });

  // A consent is never accepted in doubt.
  it('is kept, whereas a consent is refused', async () => {
    await way.cut();
    const yes = await ask('POST', '/v1/consents', {
      key: admin,
      body: {
        phone: '+33639980105',
        purpose: 'marketing',
        method: 'paper',
        grantedAt: '2026-01-01T10:00:00Z',
      },
    });
    expect(yes.body.code).toBe('DATABASE_UNAVAILABLE');
    await way.mend();
    await expect.poll(ready).toBe(200);
  });
});

describe('an api process that is gone for good', () => {
  it('closes the gate until written off, audited', async () => {
    const id = randomUUID();
    const longAgo = new Date(Date.now() - 60_000).toISOString();
    await database.outside((tx) =>
      reportJournal(tx, { id, startedAt: longAgo, at: longAgo, report: 1, drained: null }),
    );
    const { status, body } = await ask('GET', '/readyz');
    expect(status).toBe(503);
    expect(body.parts.journal).toContain('POST /v1/journal/opening');
    const opening = (key: string) =>
      ask('POST', '/v1/journal/opening', { key, body: { reason: 'disk lost' } });
    expect((await opening(await keyOf('operator'))).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await opening(admin)).body).toEqual({ processes: [id], places: [] });
    expect(await ready()).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.find(({ action }: { action: string }) => action === 'journal.opened').details).toMatchObject(
      { reason: 'disk lost', processes: [id] },
    );
    expect((await opening(admin)).body).toEqual({ processes: [], places: [] });
  });
});

describe('a call of an operator', () => {
  let url = '';
  let journal: Journal;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'bonheure-journal-'));
    journal = await aJournal(root);
    const [account] = readGateways(undefined, { env: {}, used: () => undefined });
    if (account === undefined) throw new Error('no sandbox is configured');
    const row = await database.outside((tx) =>
      tx.first(sql<{ id: string }>`SELECT id FROM gateway_account WHERE name = ${account.name}`),
    );
    const port = inboundPort({ ...api, reserved: database, journal, effective: () => undefined }, [
      { id: row?.id ?? '', secret: 'secret', account, inboundUrl: '' },
    ]);
    const server = createServer(express().use('/v1/inbound', inboundRouter(port)).use(answerErrors(api.log)));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/inbound/${account.name}`;
    close = async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(root, { recursive: true, force: true });
    };
  });
  afterAll(() => close());

  const tell = (event: object, secret = 'secret') =>
    fetch(`${url}/${secret}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ id: randomUUID(), at: '2026-11-25T10:00:00Z', ...event }] }),
    });
  const stop = { kind: 'reply', from: '+33639980201', to: '36180', text: 'STOP' };

  it('is journaled only for a genuine STOP', async () => {
    expect((await tell(stop, 'guessed')).status).toBe(404);
    const receipt = { kind: 'receipt', reference: 'msg_x', to: '+33639980201', state: 'DELIVERED' };
    expect((await tell(receipt)).status).toBe(204);
    expect(await filesOf(journal.folder)).toEqual([]);
  });

  it('is on disk once acknowledged', async () => {
    expect((await tell(stop)).status).toBe(204);
    expect(await filesOf(journal.folder)).toHaveLength(1);
    expect(journal.isDrained).toBe(true);
  });

  it('is kept by the database alone, or refused', async () => {
    await journal.close();
    await rm(journal.folder.path, { recursive: true });
    const replies = () => database.outside((tx) => tx.rows(sql`SELECT id FROM inbound`));
    const before = (await replies()).length;
    expect((await tell(stop)).status).toBe(204);
    expect((await replies()).length).toBe(before + 1);
    await way.cut();
    const answer = await tell(stop);
    const problem = (await answer.json()) as { code: string };
    expect([answer.status, problem.code]).toEqual([503, 'JOURNAL_UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(journal.isDrained).toBe(false);
    await way.mend();
    await expect.poll(ready).toBe(200);
    expect((await replies()).length).toBe(before + 1);
  });
});
