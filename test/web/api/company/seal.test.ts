import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { served } from '../../server/served.ts';

const { admin, at, instanceKey, ask, database, keyOf, anotherTenant } = await served();

const seal = () =>
  database.outside((tx) => tx.run(sql`UPDATE instance SET sealed = true, sealed_why = 'restored'`));
const opening = (key: string, body: unknown = {}) => ask('POST', '/v1/seal/opening', { key, body });

describe('a sealed instance', () => {
  it('is opened by its only tenant’s admin, audited', async () => {
    await seal();
    expect((await ask('GET', '/readyz')).body.code).toBe('SEALED');
    expect((await opening(await keyOf('operator'))).body.code).toBe('ROLE_NOT_ALLOWED');
    const { status, body } = await opening(admin, { reason: 'restored from Tuesday' });
    expect([status, body]).toEqual([
      200,
      {
        sealed: false,
        why: 'restored',
        uncertain: 0,
        parkedCampaigns: 0,
        journal: { entries: 0, restored: 0 },
      },
    ]);
    expect((await ask('GET', '/readyz')).status).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const entry = items.find(({ action }: { action: string }) => action === 'seal.opened');
    expect(entry.details).toMatchObject({ why: 'restored', reason: 'restored from Tuesday' });
  });

  it('opens once: what is open stays so', async () => {
    expect((await opening(instanceKey)).body).toMatchObject({ sealed: false, why: null });
  });

  it('of several tenants is opened by the instance', async () => {
    const { key } = await anotherTenant();
    await seal();
    expect((await opening(admin)).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await ask('GET', '/readyz')).body.code).toBe('SEALED');
    expect((await opening(instanceKey)).status).toBe(200);
    for (const one of [admin, key]) {
      const { items } = (await ask('GET', '/v1/audit?limit=500', { key: one })).body;
      expect(items.at(-1)).toMatchObject({ action: 'seal.opened', actor: 'key:instance' });
    }
  });
});

describe('a database restored from before somebody left', () => {
  it('suppresses them again before opening', async () => {
    const looking = new Client({ connectionString: at.superUrl });
    await looking.connect();
    onTestFinished(() => looking.end());
    const barred = async () =>
      (await looking.query<{ n: number }>('SELECT count(*)::int AS n FROM suppression')).rows[0]?.n;
    const left = await ask('POST', '/v1/consents/withdrawals', {
      key: admin,
      body: { phone: '+33639983003', purpose: 'all', channel: 'counter' },
    });
    expect([201, 202]).toContain(left.status);
    await expect.poll(barred).toBe(1);
    // As it was before: nothing but the journal on the disk says that they left.
    await looking.query('SET session_replication_role = replica');
    for (const table of ['suppression', 'consent_event', 'consent', 'contact_key', 'contact'])
      await looking.query(`DELETE FROM ${table}`);
    expect(await barred()).toBe(0);
    await looking.query(
      `UPDATE instance SET sealed = true, sealed_why = 'older', seal_id = gen_random_uuid()`,
    );
    const opened = await opening(instanceKey, { reason: 'restored from before' });
    expect(opened).toMatchObject({ status: 200, body: { sealed: false, journal: { restored: 1 } } });
    expect(await barred()).toBe(1);
  });
});
