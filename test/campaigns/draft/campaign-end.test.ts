import { describe, expect, it } from 'vitest';
import type { CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { endsBefore } from '../../../src/campaigns/draft/refusals.ts';
import { readCampaign } from '../../../src/campaigns/campaign.repository.ts';
import { changeCampaign } from '../../../src/campaigns/draft/change.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { planCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { tryCampaign } from '../../../src/campaigns/draft/test-send.ts';
import { told } from '../../people/import/shop.ts';
import { aNumber, campaigning, some, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const SATURDAY_EVENING = '2026-11-28T21:00:00+01:00';
const SUNDAY_EVENING = '2026-11-29T18:00:00+01:00';

const launch = (world: Campaigning, campaignId: string) =>
  world.shop.within((tx) => launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
const refusedFor = (fr: string) => ({
  code: 'EXPIRE_AT_PASSED',
  status: 409,
  details: { errors: [{ pointer: '/expireAt', message: { fr } }] },
});

/** Creates a draft on Saturday evening for people in Paris, with its own end. */
async function onSaturday(more: Partial<CampaignRequest>): Promise<[Campaigning, string]> {
  const world = await campaigning(database, test, { at: SATURDAY_EVENING });
  await world.people(...some(2));
  return [world, await world.draft(more)];
}

describe('a draft whose end has passed', () => {
  const ended = async (): Promise<[Campaigning, string]> => {
    const [world, campaignId] = await onSaturday({ expireAt: '2026-11-30T12:00:00+01:00' });
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    return [world, campaignId];
  };
  const WHY =
    'cette fin est passée : 2026-11-30T12:00:00+01:00, et il est 2026-12-01T10:00:00+01:00 ; donnez-en une plus tardive';

  it('is not launched, and expires nobody', async () => {
    const [world, campaignId] = await ended();
    await expect(launch(world, campaignId)).rejects.toMatchObject(refusedFor(WHY));
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0, expired: 0 });
  });

  it('is launched once given a later end', async () => {
    const [world, campaignId] = await ended();
    const changes = { expireAt: '2026-12-01T18:00:00+01:00' };
    await world.shop.within((tx) =>
      changeCampaign(tx, world.deps, { campaignId, changes, actor: 'key:test' }),
    );
    expect((await launch(world, campaignId)).status).toBe('running');
  });

  it('is not sent as a test', async () => {
    const [world, campaignId] = await ended();
    const phone = aNumber();
    await world.people(told(phone));
    const asked = { campaignId, phones: [phone], actor: 'key:test' };
    await expect(world.shop.within((tx) => tryCampaign(tx, world.deps, asked))).rejects.toMatchObject(
      refusedFor(WHY),
    );
  });

  it('reports it before anybody approves', async () => {
    const [world, campaignId] = await ended();
    await world.shop.tamper(`UPDATE tenant SET settings = '{"approval":{"recipients":1}}' WHERE id = $1`, [
      world.shop.id,
    ]);
    await expect(launch(world, campaignId)).rejects.toMatchObject({ code: 'EXPIRE_AT_PASSED' });
  });
});

describe('a draft of Saturday evening', () => {
  const PARIS = { territory: 'FR', timeZone: 'Europe/Paris', count: 2 } as const;
  const NOUMEA = { territory: 'NC', timeZone: 'Pacific/Noumea', count: 1 } as const;

  it.each<[string, Partial<CampaignRequest>, readonly (typeof PARIS | typeof NOUMEA)[], string | undefined]>([
    [
      'for a Sunday writes to nobody before Monday',
      { expireAt: SUNDAY_EVENING },
      [PARIS],
      '2026-11-30T08:00:00.000+01:00',
    ],
    [
      'counts its hour in its people’s zone',
      { expireAt: '2026-11-30T09:00:00+01:00', localTime: '10:00' },
      [PARIS],
      '2026-11-30T10:00:00.000+01:00',
    ],
    [
      'is judged from its start on',
      { startAt: '2026-12-05T20:30:00+01:00', expireAt: '2026-12-06T18:00:00+01:00' },
      [PARIS],
      '2026-12-07T08:00:00.000+01:00',
    ],
    [
      'has time for Nouméa’s Monday at eight',
      { expireAt: '2026-11-29T23:00:00+01:00' },
      [PARIS, NOUMEA],
      undefined,
    ],
    ['has time for the first of them', { expireAt: '2026-11-30T08:00:01+01:00' }, [PARIS], undefined],
    ['has no first moment where nobody is served', { expireAt: SUNDAY_EVENING }, [], undefined],
    ['has no end to come too soon', {}, [PARIS], undefined],
  ])('%s', async (_, more, places, moment) => {
    const [world, campaignId] = await onSaturday(more);
    const campaign = await world.shop.within((tx) => readCampaign(tx, campaignId));
    if (campaign === undefined) throw new Error('no such campaign');
    const reader = { now: world.shop.clock.now(), language: 'fr' } as const;
    expect(endsBefore(campaign, places, reader)?.toISO()).toBe(moment);
  });

  it('is launched, and everybody in it expires', async () => {
    const [world, campaignId] = await onSaturday({ expireAt: SUNDAY_EVENING });
    expect((await launch(world, campaignId)).status).toBe('running');
    const key = { tenantId: world.shop.id, campaignId };
    await freezeAudience(world.deps, key);
    world.shop.clock.set(SUNDAY_EVENING);
    await planCampaign(world.deps, key);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 2, expired: 2, pending: 0 });
  });
});
