import { describe, expect, it } from 'vitest';
import { changeCampaign } from '../../src/campaigns/change.ts';
import type { CampaignAsked } from '../../src/campaigns/creation.ts';
import { launchCampaign } from '../../src/campaigns/order.ts';
import { tryCampaign } from '../../src/campaigns/test-send.ts';
import { told } from '../contacts/shop.ts';
import { aNumber, campaigning, some, type Campaigning } from './campaigning.ts';
import { openBase } from '../contacts/open-base.ts';

const { test, database } = await openBase();

const SATURDAY_EVENING = '2026-11-28T21:00:00+01:00';
const SUNDAY_EVENING = '2026-11-29T18:00:00+01:00';

const launch = (world: Campaigning, campaignId: string) =>
  world.shop.within((tx) => launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
const refusedFor = (fr: string) => ({
  code: 'EXPIRES_TOO_SOON',
  status: 409,
  details: { errors: [{ pointer: '/expireAt', message: { fr } }] },
});

/** A draft of Saturday evening for people in Paris, with its own end. */
async function onSaturday(more: Partial<CampaignAsked>): Promise<[Campaigning, string]> {
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

  it('is not launched, and leaves nobody expired', async () => {
    const [world, campaignId] = await ended();
    await expect(launch(world, campaignId)).rejects.toMatchObject(refusedFor(WHY));
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0, expired: 0 });
  });

  it('is launched once it was given a later one', async () => {
    const [world, campaignId] = await ended();
    const changes = { expireAt: '2026-12-01T18:00:00+01:00' };
    await world.shop.within((tx) =>
      changeCampaign(tx, world.deps, { campaignId, changes, actor: 'key:test' }),
    );
    expect((await launch(world, campaignId)).status).toBe('running');
  });

  it('is tried on nobody', async () => {
    const [world, campaignId] = await ended();
    const phone = aNumber();
    await world.people(told(phone));
    const asked = { campaignId, phones: [phone], actor: 'key:test' };
    await expect(world.shop.within((tx) => tryCampaign(tx, world.deps, asked))).rejects.toMatchObject(
      refusedFor(WHY),
    );
  });

  it('says so before anybody is asked to approve it', async () => {
    const [world, campaignId] = await ended();
    await world.shop.tamper(`UPDATE tenant SET settings = '{"approval":{"recipients":1}}' WHERE id = $1`, [
      world.shop.id,
    ]);
    await expect(launch(world, campaignId)).rejects.toMatchObject({ code: 'EXPIRES_TOO_SOON' });
  });
});

describe('a draft that ends before anybody may be written to', () => {
  it('is not launched on a Saturday evening for a Sunday', async () => {
    const [world, campaignId] = await onSaturday({ expireAt: SUNDAY_EVENING });
    await expect(launch(world, campaignId)).rejects.toMatchObject(
      refusedFor(
        'cette fin, 2026-11-29T18:00:00+01:00, vient avant la première heure permise de l’audience, 2026-11-30T08:00:00+01:00 ; donnez-en une plus tardive',
      ),
    );
  });

  it('counts the hour that it asks for on the clocks of its people', async () => {
    const times = { expireAt: '2026-11-30T09:00:00+01:00', localTime: '10:00' };
    const [world, campaignId] = await onSaturday(times);
    await expect(launch(world, campaignId)).rejects.toMatchObject({ code: 'EXPIRES_TOO_SOON' });
  });

  it('starts later than its first lawful moment, and is judged from there', async () => {
    const times = { startAt: '2026-12-05T20:30:00+01:00', expireAt: '2026-12-06T18:00:00+01:00' };
    const [world, campaignId] = await onSaturday(times);
    await expect(launch(world, campaignId)).rejects.toMatchObject({ code: 'EXPIRES_TOO_SOON' });
  });

  it('is launched when somebody elsewhere may be: those of Nouméa at eight in the morning of their Monday', async () => {
    const [world, campaignId] = await onSaturday({ expireAt: '2026-11-29T23:00:00+01:00' });
    await world.people(...some(1, { territory: 'NC' }));
    expect((await launch(world, campaignId)).status).toBe('running');
  });

  it('is launched when it ends after the first of them', async () => {
    const [world, campaignId] = await onSaturday({ expireAt: '2026-11-30T08:00:01+01:00' });
    expect((await launch(world, campaignId)).status).toBe('running');
  });

  it('is launched as before when nobody of its audience agreed', async () => {
    const world = await campaigning(database, test, { at: SATURDAY_EVENING });
    await world.strangers(...some(2));
    const campaignId = await world.draft({ expireAt: SUNDAY_EVENING });
    expect((await launch(world, campaignId)).status).toBe('running');
  });
});
