import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { served } from '../../server/served.ts';
import { aClient } from '../../../support/database.ts';

const { admin, instanceKey, tenantId, at, ask, anotherTenant } = await served();
const client = await aClient(at.superUrl);

const query = async (text: string, values: unknown[] = []) =>
  (await client.query<Record<string, unknown>>(text, values)).rows;

const accountId = (await query(`SELECT id FROM gateway_account WHERE name = 'sandbox'`))[0]?.['id'];
const LATER = '2099-01-01T00:00:00Z';

/** A batch that waits with a code. */
const waiting = async (tenant: string, code: string, kind: 'campaign' | 'acknowledgements' = 'campaign') => {
  const id = randomUUID();
  await query(
    `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, next_action_at, woken_at, waiting, created_at)
     VALUES ($1, $2, $3, $4, 'marketing', $5, $6, 'FR', 'Europe/Paris', $7, $7, jsonb_build_object('code', $8::text), $7)`,
    [
      id,
      tenant,
      kind,
      accountId,
      kind === 'campaign' ? randomUUID() : null,
      kind === 'campaign' ? 1 : null,
      LATER,
      code,
    ],
  );
  return async () => {
    const [row] = await query(
      `SELECT next_action_at < $2 AND woken_at IS NULL AS woken FROM batch WHERE id = $1`,
      [id, LATER],
    );
    return row?.['woken'];
  };
};

const halt = (path: string, key: string, halted: boolean) =>
  ask('PUT', path, { key, body: halted ? { halted, reason: 'wrong prices' } : { halted } });

describe('a halt that is lifted', () => {
  it('signals at once only what waited', async () => {
    const held = await waiting(tenantId, 'TENANT_HALTED');
    const sunday = await waiting(tenantId, 'SUNDAY');
    const answers = await waiting(tenantId, 'TENANT_HALTED', 'acknowledgements');
    await halt('/v1/halt', admin, true);
    expect(await held()).toBe(false);
    await halt('/v1/halt', admin, false);
    expect([await held(), await sunday(), await answers()]).toEqual([true, false, true]);
    expect(
      await query(
        `SELECT workflow_id, verb, signal FROM intent WHERE tenant_id = $1 AND workflow = 'acknowledgements'`,
        [tenantId],
      ),
    ).toEqual([
      { workflow_id: `acknowledgements/${tenantId}`, verb: 'signal-with-start', signal: 'changed' },
    ]);
  });

  it('for one tenant’s account signals only that tenant', async () => {
    const other = await anotherTenant();
    const [mine, theirs] = [
      await waiting(tenantId, 'GATEWAY_HALTED'),
      await waiting(other.id, 'GATEWAY_HALTED'),
    ];
    await halt('/v1/gateways/sandbox/halt', admin, false);
    expect([await mine(), await theirs()]).toEqual([true, false]);
  });

  it('lets the only tenant retry without credit', async () => {
    const own = randomUUID();
    await query(
      `INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ($1, 'own', 'smpp', true, now())`,
      [own],
    );
    await query(`UPDATE gateway_account SET state = 'credit'`);
    for (const name of ['own', 'sandbox'])
      for (const halted of [true, false]) await halt(`/v1/gateways/${name}/halt`, admin, halted);
    const found = await query(`SELECT name, state FROM gateway_account ORDER BY name`);
    await query(`UPDATE gateway_account SET state = 'up'`);
    expect(found).toEqual([
      { name: 'own', state: 'unknown' },
      { name: 'sandbox', state: 'credit' },
    ]);
  });

  it('for everybody’s account signals everybody', async () => {
    const other = await anotherTenant();
    const [mine, theirs] = [
      await waiting(tenantId, 'GATEWAY_HALTED'),
      await waiting(other.id, 'GATEWAY_HALTED'),
    ];
    await halt('/v1/gateways/sandbox/halt', instanceKey, true);
    expect([await mine(), await theirs()]).toEqual([false, false]);
    await query(`UPDATE gateway_account SET state = 'credit' WHERE name = 'sandbox'`);
    await halt('/v1/gateways/sandbox/halt', instanceKey, false);
    expect(await query(`SELECT state FROM gateway_account WHERE name = 'sandbox'`)).toEqual([
      { state: 'unknown' },
    ]);
    expect([await mine(), await theirs()]).toEqual([true, true]);
  });
});
