import { describe, expect, it } from 'vitest';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { campaigning, some } from './campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

describe('a campaign that several people launch at the same moment', () => {
  it('runs once, under one workflow, for one person', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(3));
    const campaignId = await world.draft();
    const launched = await Promise.allSettled(
      ['ana', 'loic', 'zoe', 'ines'].map((name) =>
        world.shop.within((tx) => launchCampaign(tx, world.deps, { campaignId, actor: `key:${name}` })),
      ),
    );
    expect(launched.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = launched.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'CAMPAIGN_CANNOT_MOVE' })));
    const starts = `SELECT workflow_id FROM intent WHERE tenant_id = $1 AND workflow = 'campaign' AND verb = 'start'`;
    expect(await world.shop.tamper(starts, [world.shop.id])).toEqual([
      { workflow_id: `campaign/${campaignId}` },
    ]);
    const acts = `SELECT 1 FROM audit_entry WHERE tenant_id = $1 AND action = 'campaign.launched'`;
    expect(await world.shop.tamper(acts, [world.shop.id])).toHaveLength(1);
  });
});
