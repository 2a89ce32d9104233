import { afterEach, describe, expect, it } from 'vitest';
import { freezeAudience } from '../../../../src/campaigns/audience/freeze.ts';
import { uuidV7 } from '../../../../src/platform/uuid-v7.ts';
import { holdTable, type HeldTable } from '../../../support/held-table.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, at, database, tenantId } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const post = (path: string, body: unknown = {}): Promise<Reply> => ask('POST', path, { key: admin, body });

const wordingId = (
  await post('/v1/wordings', {
    purpose: 'marketing',
    text: 'J’accepte les offres de Ma société par SMS, et je peux répondre STOP.',
  })
).body.id;
for (const last of [1, 2, 3])
  await post('/v1/consents', {
    phone: `063998000${last}`,
    purpose: 'marketing',
    wordingId,
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: `B-${last}` },
  });

let held: HeldTable | undefined;
afterEach(async () => {
  await held?.letGo();
  held = undefined;
});

/** A launched campaign in the middle of its freeze, which waits for the table that it writes to. */
async function freezing(writes = 'batch') {
  const { id } = (
    await post('/v1/campaigns', {
      name: 'Soldes',
      purpose: 'marketing',
      text: 'Ma société : -10 %. {stop}',
      audience: { all: true },
    })
  ).body;
  await post(`/v1/campaigns/${id}/launch`);
  const table = await holdTable(at.superUrl, writes);
  held = table;
  const newId = (): string => uuidV7(api.clock.machine());
  const keysOf = (tenant: string) => database.withTenant(tenant, (tx) => api.vault.tenant(tx));
  const frozen = freezeAudience({ database, clock: api.clock, newId, keysOf }, { tenantId, campaignId: id });
  await expect.poll(() => table.waiting()).toBe(1);
  return {
    id: String(id),
    order: (word: string) => post(`/v1/campaigns/${id}/${word}`),
    isHeld: async () => (await table.waiting()) === 1,
    ends: async () => {
      held = undefined;
      await table.letGo();
      return frozen;
    },
  };
}

const shown = async (id: string) => (await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body;
const audited = async (id: string): Promise<string[]> => {
  const { items } = (await ask('GET', `/v1/audit?limit=100`, { key: admin })).body;
  return items
    .filter(({ subject }: { subject: string }) => subject === id)
    .map(({ action }: { action: string }) => action);
};

describe('a campaign whose audience is being frozen', () => {
  it('is paused at once, and after freezing', async () => {
    const campaign = await freezing();
    expect(await campaign.order('pause')).toMatchObject({ status: 200, body: { status: 'paused' } });
    expect(await audited(campaign.id)).toContain('campaign.paused');
    expect(await campaign.isHeld()).toBe(true);
    const { shards } = await campaign.ends();
    expect(shards).toHaveLength(1);
    expect(await shown(campaign.id)).toMatchObject({ status: 'paused', accounts: { pending: 3 } });
  });

  it('is resumed at once, and runs once frozen', async () => {
    const campaign = await freezing();
    await campaign.order('pause');
    expect(await campaign.order('resume')).toMatchObject({ status: 200, body: { status: 'running' } });
    expect(await campaign.isHeld()).toBe(true);
    await campaign.ends();
    expect(await shown(campaign.id)).toMatchObject({ status: 'running', accounts: { pending: 3 } });
  });

  it('is cancelled at once, and nobody is frozen', async () => {
    const campaign = await freezing();
    expect(await campaign.order('cancel')).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await audited(campaign.id)).toContain('campaign.cancelled');
    expect(await campaign.isHeld()).toBe(true);
    expect(await campaign.ends()).toEqual({ shards: [] });
    expect(await shown(campaign.id)).toMatchObject({ status: 'cancelled', accounts: { audience: 0 } });
  });

  it('takes another limit at once, and keeps it', async () => {
    const campaign = await freezing();
    const expireAt = '2026-11-26T18:00:00.000Z';
    const changed = await ask('PATCH', `/v1/campaigns/${campaign.id}`, { key: admin, body: { expireAt } });
    expect(changed.status).toBe(200);
    expect(await campaign.isHeld()).toBe(true);
    await campaign.ends();
    expect(await shown(campaign.id)).toMatchObject({ expireAt, accounts: { pending: 3 } });
  });

  it('lets its tenant be halted and released', async () => {
    const campaign = await freezing('message');
    const halt = (body: object) => ask('PUT', '/v1/halt', { key: admin, body });
    expect(await halt({ halted: true, reason: 'Erreur de texte' })).toMatchObject({ status: 200 });
    expect(await halt({ halted: false })).toMatchObject({ status: 200 });
    expect(await campaign.isHeld()).toBe(true);
    await campaign.ends();
  });
});
