import { afterEach, describe, expect, it } from 'vitest';
import { holdTable, type HeldTable } from '../../../support/held-table.ts';
import { aWorld, frozen } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const world = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const { ask, admin, at } = world;
const campaigns = aWorld(world);
const post = (path: string, body: unknown = {}): Promise<Reply> => ask('POST', path, { key: admin, body });

for (const last of [1, 2, 3]) await campaigns.agreed(`063998000${last}`);

let held: HeldTable | undefined;
afterEach(async () => {
  await held?.letGo();
  held = undefined;
});

/** A launched campaign in the middle of its freeze, which waits for the table that it writes to. */
async function freezing(writes = 'batch') {
  const id = await campaigns.launched();
  const table = await holdTable(at.superUrl, writes);
  held = table;
  const freeze = frozen(world, id);
  await expect.poll(() => table.waiting()).toBe(1);
  return {
    id,
    order: (word: string) => post(`/v1/campaigns/${id}/${word}`),
    isHeld: async () => (await table.waiting()) === 1,
    ends: async () => {
      held = undefined;
      await table.letGo();
      return freeze;
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
