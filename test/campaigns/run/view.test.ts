import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { listMessages } from '../../../src/campaigns/run/message-list.repository.ts';
import { cancelCampaign, pauseCampaign } from '../../../src/campaigns/run/order.ts';
import { campaignView } from '../../../src/campaigns/run/view.ts';
import { received, rowsOf, stops } from '../../people/import/importing.ts';
import { told } from '../../people/import/shop.ts';
import { campaigning, some, type Campaigning } from './campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const viewAt = async (world: Campaigning, campaignId: string) => {
  const now = world.shop.clock.now();
  const view = await world.shop.within((tx) => campaignView(tx, campaignId, { now, language: 'fr' }));
  if (view === undefined) throw new Error('not found');
  return view;
};
const instantOf = (iso: string | null) => (iso === null ? null : DateTime.fromISO(iso).toUTC().toISO());

describe('a campaign that people look at', () => {
  it('on Sunday says whom it awaits and why', async () => {
    const world = await campaigning(database, test, { at: '2026-11-29T15:00:00+01:00' });
    await world.people(...some(3), ...some(2, { territory: 'RE' }));
    const view = await viewAt(world, await world.frozen());
    expect(view).toMatchObject({ status: 'running', accounts: { audience: 5, pending: 5 } });
    expect(instantOf(view.nextDepartureAt)).toBe('2026-11-30T04:00:00.000Z');
    expect(view.waitingFor).toMatchObject({
      code: 'SUNDAY',
      ruleId: expect.stringMatching(/^WIN-/) as string,
    });
    expect(
      view.waitingFor?.byTerritory.map(({ territory, count, until }) => [territory, count, instantOf(until)]),
    ).toEqual([
      ['FR', 3, '2026-11-30T07:00:00.000Z'],
      ['RE', 2, '2026-11-30T04:00:00.000Z'],
    ]);
    expect(instantOf(view.forecast?.firstDepartureAt ?? null)).toBe('2026-11-30T04:00:00.000Z');
  });

  it('in its window names the last departure', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T10:00:00+01:00' });
    await world.people(...some(20));
    const view = await viewAt(world, await world.frozen({ ratePerSecond: 2 }));
    expect(view.waitingFor).toBeNull();
    expect(instantOf(view.nextDepartureAt)).toBe('2026-11-24T09:00:00.000Z');
    expect(instantOf(view.forecast?.lastDepartureAt ?? null)).toBe('2026-11-24T09:00:10.000Z');
  });

  it('waits for the hour chosen at each recipient’s', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T05:30:00+01:00' });
    await world.people(...some(3), ...some(2, { territory: 'RE' }));
    const view = await viewAt(world, await world.frozen({ localTime: '10:00' }));
    expect(view.waitingFor?.code).toBe('LOCAL_TIME');
    expect(
      view.waitingFor?.byTerritory.map(({ territory, count, until }) => [territory, count, instantOf(until)]),
    ).toEqual([
      ['FR', 3, '2026-11-24T09:00:00.000Z'],
      ['RE', 2, '2026-11-24T06:00:00.000Z'],
    ]);
  });

  it('sends one part a day when spread', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T10:00:00+01:00' });
    await world.people(...some(10));
    const view = await viewAt(world, await world.frozen({ spread: { days: 3 }, ratePerSecond: 1 }));
    expect(view.waitingFor?.byTerritory.map(({ count, until }) => [count, instantOf(until)])).toEqual([
      [4, '2026-11-26T07:00:00.000Z'],
      [3, '2026-11-25T07:00:00.000Z'],
    ]);
    expect(instantOf(view.forecast?.lastDepartureAt ?? null)).toBe('2026-11-26T07:00:04.000Z');
  });

  it('takes several windows at a low rate', async () => {
    const world = await campaigning(database, test, { at: '2026-11-28T19:59:50+01:00' });
    await world.people(...some(30));
    const view = await viewAt(world, await world.frozen({ ratePerSecond: 1 }));
    expect(instantOf(view.forecast?.lastDepartureAt ?? null)).toBe('2026-11-30T07:00:20.000Z');
  });

  it('awaits a person while paused, without a departure', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await world.shop.within((tx) => pauseCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    expect(await viewAt(world, campaignId)).toMatchObject({
      status: 'paused',
      nextDepartureAt: null,
      waitingFor: { code: 'PAUSED', until: null, byTerritory: [{ territory: 'FR', count: 2, until: null }] },
      forecast: null,
    });
  });

  it('waits for nothing once it is cancelled', async () => {
    const world = await campaigning(database, test, { at: '2026-11-29T15:00:00+01:00' });
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await world.shop.within((tx) => cancelCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    expect(await viewAt(world, campaignId)).toMatchObject({
      status: 'cancelled',
      accounts: { pending: 2 },
      nextDepartureAt: null,
      waitingFor: null,
      forecast: null,
    });
  });

  it('says that somebody halted the tenant', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await world.shop.tamper(`UPDATE tenant SET halted = true, halt_reason = 'audit' WHERE id = $1`, [
      world.shop.id,
    ]);
    expect(await viewAt(world, campaignId)).toMatchObject({
      nextDepartureAt: null,
      waitingFor: { code: 'HALTED' },
    });
  });

  it.each([
    ['fr', 'renvoyez le fichier corrigé, puis annulez cet import'],
    ['en', 'send the corrected file, then cancel that import'],
  ] as const)('shows a parked suppression list and cure: %s', async (language, cure) => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    const desk = { database, shop: world.shop };
    const importId = await received(desk, rowsOf('telephone', '0639980902'), { kind: 'suppressions' });
    expect((await viewAt(world, campaignId)).waitingFor?.code).toBe('SUPPRESSIONS_UNREAD');
    await stops(desk, importId, 2, 2);
    const now = world.shop.clock.now();
    const view = await world.shop.within((tx) => campaignView(tx, campaignId, { now, language }));
    expect(view?.waitingFor?.code).toBe('SUPPRESSIONS_PARKED');
    expect(view?.waitingFor?.text).toContain(importId);
    expect(view?.waitingFor?.text).toContain(cure);
  });

  it('says that the instance is sealed', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await world.shop.tamper(`UPDATE instance SET sealed = true, sealed_why = 'restored'`);
    expect(await viewAt(world, campaignId)).toMatchObject({
      nextDepartureAt: null,
      waitingFor: {
        code: 'SEALED',
        text: 'L’instance est scellée après une restauration : un administrateur l’ouvre.',
      },
    });
    await world.shop.tamper(`UPDATE instance SET sealed = false, sealed_why = NULL`);
  });

  const waits = (world: Campaigning, code: string, until: string) =>
    world.shop.tamper(
      `UPDATE batch SET waiting = jsonb_build_object('code', $2::text, 'text', 'x', 'until', $3::text), next_action_at = $3::timestamptz, woken_at = NULL
        WHERE tenant_id = $1 AND state = 'open'`,
      [world.shop.id, code, until],
    );

  it('waits for those who moved into the night', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T10:00:00+01:00' });
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await waits(world, 'OUT_OF_HOURS', '2026-11-24T12:00:00Z');
    const view = await viewAt(world, campaignId);
    const opens = '2026-11-24T12:00:00.000Z';
    expect(instantOf(view.nextDepartureAt)).toBe(opens);
    expect(view.waitingFor).toMatchObject({ code: 'OUT_OF_HOURS', byTerritory: [{ count: 1 }] });
    expect(instantOf(view.waitingFor?.until ?? null)).toBe(opens);
    expect(instantOf(view.forecast?.firstDepartureAt ?? null)).toBe(opens);
    expect(instantOf(view.forecast?.lastDepartureAt ?? null)).toBe('2026-11-24T12:00:00.100Z');
  });

  it('shows how long the operator asks to wait', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T10:00:00+01:00' });
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await waits(world, 'THROTTLED', '2026-11-24T09:00:02Z');
    expect((await viewAt(world, campaignId)).waitingFor).toMatchObject({
      code: 'THROTTLED',
      text: 'L’opérateur a demandé d’attendre.',
    });
    await waits(world, 'THROTTLED', '2026-11-24T09:00:00Z');
    expect((await viewAt(world, campaignId)).waitingFor).toBeNull();
  });

  it('does not show a pause that ended', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T10:00:00+01:00' });
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await waits(world, 'PAUSED', '2026-11-24T10:00:00Z');
    expect((await viewAt(world, campaignId)).waitingFor).toBeNull();
  });

  it('waits for uncertain messages at the end', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await world.shop.tamper(
      `INSERT INTO tally (tenant_id, batch_id, state, delta)
       SELECT tenant_id, id, v.state::message_state, v.delta FROM batch, (VALUES ('ready', -2), ('uncertain', 2)) v(state, delta) WHERE campaign_id = $1`,
      [campaignId],
    );
    expect(await viewAt(world, campaignId)).toMatchObject({
      accounts: { pending: 0, uncertain: 2 },
      nextDepartureAt: null,
      waitingFor: { code: 'UNCERTAIN', until: null, byTerritory: [] },
    });
  });

  it('names its start before anybody is counted', async () => {
    const world = await campaigning(database, test);
    const view = await viewAt(world, await world.launched({ startAt: '2026-11-25T10:00:00+01:00' }));
    expect(instantOf(view.nextDepartureAt)).toBe('2026-11-25T09:00:00.000Z');
    expect(view).toMatchObject({ status: 'scheduled', waitingFor: null });
  });
});

describe('the messages of a campaign', () => {
  it('are listed by page, state, reason, masked', async () => {
    const world = await campaigning(database, test);
    await world.people(told('+33639980999'), ...some(4));
    await world.strangers(...some(2));
    const campaignId = await world.frozen();
    const list = (more: object) =>
      world.shop.within((tx) => listMessages(tx, world.deps.keys, { campaignId, limit: 3, ...more }));
    const pages = [await list({})];
    while (pages.at(-1)?.next) pages.push(await list({ after: pages.at(-1)?.next }));
    const all = pages.flatMap(({ items }) => items);
    expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(7);
    expect(all[0]?.id).toMatch(/^msg_[0-9a-f-]{36}_1$/);
    expect(all.map(({ to }) => to)).toContain('+336••••••99');
    expect((await list({ state: 'excluded' })).items).toMatchObject([
      { reason: 'NO_BASIS' },
      { reason: 'NO_BASIS' },
    ]);
    expect((await list({ reason: 'MINOR' })).items).toEqual([]);
  });
});
