import { describe, expect, it } from 'vitest';
import { planCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import {
  cancelCampaign,
  launchCampaign,
  pauseCampaign,
  resumeCampaign,
} from '../../../src/campaigns/run/order.ts';
import { keepRecurrence } from '../../../src/campaigns/recurrence/recur.ts';
import { readOccurrences } from '../../../src/campaigns/recurrence/recurrence.repository.ts';
import { campaignView } from '../../../src/campaigns/run/view.ts';
import { campaigning, some, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

type RecurrenceAsked = Parameters<typeof keepRecurrence>[2]['recurrence'];

/** Tuesdays at ten, from 1 December 2026 on; today is 24 November. */
const TUESDAYS: RecurrenceAsked = { every: 'P1W', on: '2026-12-01', at: '10:00' };

async function weekly(world: Campaigning, more: Partial<RecurrenceAsked> = {}): Promise<string> {
  const campaignId = await world.draft({ name: 'Mardi' });
  await world.shop.within((tx) =>
    keepRecurrence(tx, campaignId, { purpose: 'marketing', recurrence: { ...TUESDAYS, ...more } }),
  );
  const launch = { campaignId, actor: 'key:test' };
  await world.shop.within((tx) => launchCampaign(tx, world.deps, launch));
  return campaignId;
}

const plan = (world: Campaigning, campaignId: string) =>
  planCampaign(world.deps, { tenantId: world.shop.id, campaignId });
const times = (world: Campaigning, campaignId: string) =>
  world.shop.within((tx) => readOccurrences(tx, campaignId, { limit: 100 }));
const seen = (world: Campaigning, campaignId: string) =>
  world.shop.within((tx) => campaignView(tx, campaignId, { now: world.shop.clock.now(), language: 'fr' }));
const order = (
  world: Campaigning,
  obey: typeof pauseCampaign,
  campaignId: string,
): Promise<{ readonly status: string }> =>
  world.shop.within((tx) => obey(tx, world.deps, { campaignId, actor: 'key:test' }));

describe('a campaign that comes every Tuesday', () => {
  it('starts one for today’s audience each time', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await weekly(world, { expiresAfter: 'PT8H' });
    expect(await plan(world, campaignId)).toMatchObject({
      kind: 'wait',
      nextActionAt: '2026-12-01T09:00:00.000Z',
      because: { code: 'START_AT' },
    });
    expect(await seen(world, campaignId)).toMatchObject({
      status: 'scheduled',
      nextDepartureAt: '2026-12-01T09:00:00.000Z',
      recurrence: { ...TUESDAYS, timeZone: 'Europe/Paris', until: null, expiresAfter: 'PT8H' },
      recurrenceOf: null,
    });
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ nextActionAt: '2026-12-08T09:00:00.000Z' });
    expect(await plan(world, campaignId)).toMatchObject({ nextActionAt: '2026-12-08T09:00:00.000Z' });
    await world.people(...some(1));
    world.shop.clock.set('2026-12-08T10:20:00+01:00');
    await plan(world, campaignId);
    const [first, second, ...more] = await times(world, campaignId);
    expect(more).toEqual([]);
    expect([first, second]).toMatchObject([
      { at: '2026-12-01T09:00:00.000Z', because: null },
      { at: '2026-12-08T09:00:00.000Z', because: null },
    ]);
    const secondId = second?.campaignId ?? '';
    expect(await seen(world, secondId)).toMatchObject({
      name: 'Mardi · 2026-12-08',
      status: 'running',
      recurrence: null,
      recurrenceOf: campaignId,
    });
    await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId: secondId });
    expect(await world.accounts(secondId)).toMatchObject({ audience: 3, pending: 3 });
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0 });
    const [row] = await world.shop.tamper(`SELECT iso(expire_at) AS at FROM campaign WHERE id = $1`, [
      secondId,
    ]);
    expect(row?.['at']).toBe('2026-12-08T17:00:00.000Z');
    const launches = `SELECT actor, details FROM audit_entry WHERE subject = $1 AND action = 'campaign.launched'`;
    expect(await world.shop.tamper(launches, [secondId])).toEqual([
      { actor: 'system', details: { launchedBy: 'key:test', recurrence: campaignId } },
    ]);
    const starts = `SELECT 1 FROM intent WHERE workflow_id = $1 AND verb = 'start'`;
    expect(await world.shop.tamper(starts, [`campaign/${secondId}`])).toHaveLength(1);
  });

  it('skips the dates of an outage', async () => {
    const world = await campaigning(database, test);
    const campaignId = await weekly(world);
    await plan(world, campaignId);
    world.shop.clock.set('2026-12-23T12:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ nextActionAt: '2026-12-29T09:00:00.000Z' });
    const passed = await times(world, campaignId);
    expect(passed.map(({ because }) => because)).toEqual(Array.from({ length: 4 }, () => 'START_MISSED'));
    expect(passed.every((one) => one.campaignId === null)).toBe(true);
  });

  it('comes once when the clock jumps several Tuesdays', async () => {
    const world = await campaigning(database, test);
    const campaignId = await weekly(world);
    await plan(world, campaignId);
    world.shop.clock.revision += 1;
    world.shop.clock.set('2026-12-23T12:00:00+01:00');
    await plan(world, campaignId);
    world.shop.clock.revision += 1;
    world.shop.clock.set('2026-12-08T10:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ nextActionAt: '2026-12-29T09:00:00.000Z' });
    const passed = await times(world, campaignId);
    expect(passed.map(({ because }) => because)).toEqual([
      ...Array.from({ length: 3 }, () => 'START_MISSED'),
      null,
    ]);
  });

  it('sends nothing for a Tuesday already over', async () => {
    const world = await campaigning(database, test);
    const campaignId = await weekly(world, { expiresAfter: 'PT1H' });
    await plan(world, campaignId);
    world.shop.clock.revision += 1;
    world.shop.clock.set('2026-12-01T11:00:00+01:00');
    await plan(world, campaignId);
    expect(await times(world, campaignId)).toMatchObject([{ campaignId: null, because: 'START_MISSED' }]);
  });

  it('starts on a closed day, and everybody expires', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await weekly(world, { on: '2026-12-06', expiresAfter: 'PT8H' });
    world.shop.clock.set('2026-12-06T10:00:00+01:00');
    await plan(world, campaignId);
    const [sunday] = await times(world, campaignId);
    expect(sunday).toMatchObject({ because: null });
    const key = { tenantId: world.shop.id, campaignId: sunday?.campaignId ?? '' };
    world.shop.clock.set('2026-12-06T18:00:00+01:00');
    await freezeAudience(world.deps, key);
    await planCampaign(world.deps, key);
    expect(await world.accounts(key.campaignId)).toMatchObject({ audience: 2, expired: 2, pending: 0 });
  });

  it('is simulated when its clock is moved', async () => {
    const world = await campaigning(database, test);
    const campaignId = await weekly(world);
    const { clock } = world.shop;
    clock.set('2026-12-01T10:00:00+01:00');
    await plan(world, campaignId);
    clock.offset = Date.parse('2026-12-08T10:00:00+01:00') - clock.machine();
    clock.revision += 1;
    await plan(world, campaignId);
    const ids = (await times(world, campaignId)).map((one) => one.campaignId);
    const rows = await world.shop.tamper(`SELECT simulated FROM campaign WHERE id = ANY ($1) ORDER BY id`, [
      ids,
    ]);
    expect(rows).toEqual([{ simulated: false }, { simulated: true }]);
  });

  it('skips the Tuesdays of a pause, then resumes', async () => {
    const world = await campaigning(database, test);
    const campaignId = await weekly(world);
    await order(world, pauseCampaign, campaignId);
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ state: 'paused' });
    expect(await order(world, resumeCampaign, campaignId)).toMatchObject({ status: 'scheduled' });
    world.shop.clock.set('2026-12-08T10:00:00+01:00');
    await plan(world, campaignId);
    expect(await times(world, campaignId)).toMatchObject([{ because: 'PAUSED' }, { because: null }]);
  });

  it('ends after its last day or when cancelled', async () => {
    const world = await campaigning(database, test);
    const [bounded, cancelled] = [await weekly(world, { until: '2026-12-01' }), await weekly(world)];
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    expect(await plan(world, bounded)).toMatchObject({ kind: 'done', because: { code: 'FINISHED' } });
    expect(await seen(world, bounded)).toMatchObject({ status: 'finished', accounts: { pending: 0 } });
    await order(world, cancelCampaign, cancelled);
    expect(await plan(world, cancelled)).toMatchObject({ kind: 'done', because: { code: 'CANCELLED' } });
    expect([await times(world, bounded), await times(world, cancelled)]).toMatchObject([
      [{ because: null }],
      [],
    ]);
  });

  it('does not start when first planned too late', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    const campaignId = await weekly(world, { until: '2026-12-08' });
    await plan(world, campaignId);
    // A Tuesday at ten, but one week after the end.
    world.shop.clock.set('2026-12-15T10:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ kind: 'done', because: { code: 'FINISHED' } });
    expect(await times(world, campaignId)).toMatchObject([
      { at: '2026-12-01T09:00:00.000Z', campaignId: null, because: 'START_MISSED' },
      { at: '2026-12-08T09:00:00.000Z', campaignId: null, because: 'START_MISSED' },
    ]);
  });

  it('waits as a draft when it outgrows approval', async () => {
    const world = await campaigning(database, test, { settings: { approval: { recipients: 2 } } });
    await world.people(...some(2));
    const campaignId = await weekly(world);
    await world.people(...some(1));
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    await plan(world, campaignId);
    const [time] = await times(world, campaignId);
    expect(time).toMatchObject({ because: 'APPROVAL_NEEDED' });
    expect(await seen(world, time?.campaignId ?? '')).toMatchObject({ status: 'draft' });
  });

  it.each([
    ['as a notice', { purpose: 'renewal' }, '/purpose'],
    ['at one moment', { startAt: '2026-12-01T10:00:00+01:00' }, '/startAt'],
    ['until one moment', { expireAt: '2026-12-01T10:00:00+01:00' }, '/expireAt'],
  ] as const)('is refused %s', async (_how, more, pointer) => {
    const world = await campaigning(database, test);
    const campaignId = await world.draft();
    const asked = { purpose: 'marketing', recurrence: TUESDAYS, ...more } as const;
    await expect(world.shop.within((tx) => keepRecurrence(tx, campaignId, asked))).rejects.toMatchObject({
      details: { errors: [{ pointer }] },
    });
  });
});
