import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { closeCampaign, planCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { launchCampaign, parkCampaign, resumeCampaign } from '../../../src/campaigns/run/order.ts';
import { keepRecurrence } from '../../../src/campaigns/recurrence/recur.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { watchStopPaths } from '../../../src/campaigns/campaign.repository.ts';
import {
  addSubmissionCounts,
  addBills,
  tellOfDrifts,
  accountNews,
  noteAccount,
} from '../../../src/sending/accounts/gateway-account.repository.ts';
import { readRun } from '../../../src/sending/batch/batch-run.repository.ts';
import { parkOrder } from '../../../src/sending/batch/parking.repository.ts';
import { deliveriesOf } from '../../../src/operations/webhooks/webhook.repository.ts';
import { addEndpoint } from '../../../src/company/webhooks/webhook-endpoint.repository.ts';
import { payloadsOf } from '../../../src/operations/webhooks/webhook-payload.ts';
import { campaigning, some, type Campaigning } from './campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

/** Adds an endpoint to the shop; returns what it would receive of a kind. */
async function listening(world: Campaigning) {
  const id = uuidV7(Date.now());
  const at = world.shop.clock.now().toISO();
  const endpoint = { id, url: 'https://shop.example.fr/', events: [], description: null };
  await world.shop.within((tx) => addEndpoint(tx, world.deps.keys, { ...endpoint, secret: 'whsec_', at }));
  return async (type: string) => {
    const told = await world.shop.within(async (tx) =>
      payloadsOf(tx, world.deps.keys, await deliveriesOf(tx, id, { limit: 500 })),
    );
    return told.filter((one) => one.type === type).map(({ data }) => data);
  };
}

/** Sorted by action, because entries of the same millisecond have no order. */
const auditedOf = (world: Campaigning, campaignId: string) =>
  world.shop.tamper(`SELECT actor, action FROM audit_entry WHERE subject = $1 ORDER BY action`, [campaignId]);

/** Accepts the message of a campaign, as the send path would. */
async function allAccepted(world: Campaigning, campaignId: string): Promise<void> {
  await world.shop.tamper(
    `UPDATE message m SET state = 'accepted', submission_id = uuidv7(), accepted_at = now() FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1`,
    [campaignId],
  );
  await world.shop.tamper(
    `INSERT INTO tally (tenant_id, batch_id, state, delta) SELECT tenant_id, id, s.state::message_state, s.n FROM batch, (VALUES ('ready', -1), ('accepted', 1)) s(state, n) WHERE campaign_id = $1`,
    [campaignId],
  );
  await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE campaign_id = $1`, [campaignId]);
}

describe('a shop is notified of its campaigns', () => {
  it('when one window is too short', async () => {
    const world = await campaigning(database, test, { at: '2026-11-28T19:59:30+01:00' });
    const heard = await listening(world);
    await world.people(...some(50));
    await world.frozen({ ratePerSecond: 10 });
    expect(await heard('campaign.forecast-late')).toEqual([]);
    const late = await world.frozen({ ratePerSecond: 1 });
    const never = await world.frozen({ ratePerSecond: 1, expireAt: '2026-11-28T20:00:00+01:00' });
    expect(await heard('campaign.forecast-late')).toMatchObject([
      { campaignId: late, pending: 50, lastDepartureAt: expect.stringContaining('2026-11-30') },
      { campaignId: never, lastDepartureAt: null },
    ]);
  });

  it('when a recurrence waits as a draft', async () => {
    const world = await campaigning(database, test, { settings: { approval: { recipients: 2 } } });
    const heard = await listening(world);
    await world.people(...some(2));
    const campaignId = await world.draft();
    const recurrence = { every: 'P1W', on: '2026-12-01', at: '10:00' };
    await world.shop.within(async (tx) => {
      await keepRecurrence(tx, campaignId, { purpose: 'marketing', recurrence });
      await launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' });
    });
    await world.people(...some(1));
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    await planCampaign(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await heard('campaign.parked')).toMatchObject([{ code: 'APPROVAL_NEEDED' }]);
  });

  it('when it begins and ends, audited too', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    const campaignId = await world.frozen({ startAt: '2026-11-24T18:00:00+01:00' });
    const key = { tenantId: world.shop.id, campaignId };
    world.shop.clock.set('2026-11-24T18:00:00+01:00');
    await planCampaign(world.deps, key);
    expect(await auditedOf(world, campaignId)).toEqual([
      { actor: 'key:test', action: 'campaign.launched' },
      { actor: 'system', action: 'campaign.started' },
    ]);
    expect(await heard('campaign.finished')).toEqual([]);
    await allAccepted(world, campaignId);
    for (let turn = 0; turn < 2; turn += 1) await closeCampaign(world.deps, key);
    expect(await heard('campaign.finished')).toEqual([{ campaignId, revision: 4, by: 'system' }]);
    expect(await auditedOf(world, campaignId)).toEqual([
      { actor: 'system', action: 'campaign.finished' },
      { actor: 'key:test', action: 'campaign.launched' },
      { actor: 'system', action: 'campaign.started' },
    ]);
  });

  it('when a recurrence ends, audited too', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    const campaignId = await world.draft();
    const recurrence = { every: 'P1W', on: '2026-12-01', at: '10:00', until: '2026-12-01' };
    await world.shop.within(async (tx) => {
      await keepRecurrence(tx, campaignId, { purpose: 'marketing', recurrence });
      await launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' });
    });
    world.shop.clock.set('2026-12-01T10:00:00+01:00');
    for (let turn = 0; turn < 2; turn += 1)
      await planCampaign(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await heard('campaign.finished')).toEqual([{ campaignId, revision: 3, by: 'system' }]);
    expect(await auditedOf(world, campaignId)).toContainEqual({
      actor: 'system',
      action: 'campaign.finished',
    });
  });

  it('when some messages stay uncertain at the end', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(3));
    const campaignId = await world.frozen();
    await world.shop.tamper(
      `UPDATE message m SET state = CASE WHEN seq = 1 THEN 'accepted' ELSE 'uncertain' END::message_state, submission_id = uuidv7(), reason = CASE WHEN seq > 1 THEN 'TIMEOUT' END, accepted_at = CASE WHEN seq = 1 THEN now() END FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1`,
      [campaignId],
    );
    await world.shop.tamper(
      `INSERT INTO tally (tenant_id, batch_id, state, delta) SELECT tenant_id, id, s.state::message_state, s.n FROM batch, (VALUES ('ready', -3), ('accepted', 1), ('uncertain', 2)) s(state, n) WHERE campaign_id = $1`,
      [campaignId],
    );
    await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE campaign_id = $1`, [campaignId]);
    await closeCampaign(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await heard('message.uncertain')).toMatchObject([{ campaignId, count: 2 }]);
  });

  it('when the operator counts more parts, once daily', async () => {
    const [world, stranger] = [await campaigning(database, test), await campaigning(database, test)];
    const [heard, strange] = [await listening(world), await listening(stranger)];
    await world.people(...some(1));
    await world.frozen();
    const { accountId } = await theAccount(world, 'sandbox');
    const said = { accountId, messages: 49, partsOurs: 49, partsReported: 98, costOurs: 0, costReported: 0 };
    await database.outside((tx) => addBills(tx, [said]));
    const told = () => database.outside((tx) => tellOfDrifts(tx, world.shop.clock));
    await told();
    expect(await heard('gateway.cost-drift')).toEqual([]);

    await database.outside((tx) => addBills(tx, [{ ...said, messages: 1, partsOurs: 1, partsReported: 2 }]));
    for (let turn = 0; turn < 2; turn += 1) await told();
    expect(await heard('gateway.cost-drift')).toEqual([{ gateway: 'sandbox', parts: 1, cost: null }]);
    expect(await strange('gateway.cost-drift')).toEqual([]);
  });

  it('when its account is down, once', async () => {
    const [world, stranger] = [await campaigning(database, test), await campaigning(database, test)];
    const [heard, strange] = [await listening(world), await listening(stranger)];
    await world.people(...some(1));
    await world.frozen();
    const { turnedTo } = await theAccount(world, 'sandbox');
    for (let turn = 0; turn < 2; turn += 1) await turnedTo('config');
    expect(await heard('gateway.down')).toEqual([{ gateway: 'sandbox', code: 'CONFIG' }]);
    expect(await strange('gateway.down')).toEqual([]);
    await turnedTo('up');
  });

  it('when an account fell as its worker died', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    await world.frozen();
    const { turnedTo } = await theAccount(world, 'sandbox');
    await turnedTo('up');
    await expect(turnedTo('down', killed)).rejects.toThrow('killed');
    expect(await heard('gateway.down')).toEqual([]);
    await turnedTo('down');
    expect(await heard('gateway.down')).toEqual([{ gateway: 'sandbox', code: 'DOWN' }]);
    await turnedTo('up');
  });

  it('hourly at most when an account flaps', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    await world.frozen();
    const { turnedTo } = await theAccount(world, 'sandbox');
    for (const state of ['up', 'down', 'up', 'down', 'credit', 'up', 'credit']) await turnedTo(state);
    expect(await heard('gateway.down')).toEqual([
      { gateway: 'sandbox', code: 'DOWN' },
      { gateway: 'sandbox', code: 'CREDIT' },
    ]);
    expect(await heard('gateway.credit-low')).toHaveLength(1);
    await world.shop.tamper(
      `UPDATE webhook_delivery SET id = uuidv7(interval '-61 minutes') WHERE tenant_id = $1`,
      [world.shop.id],
    );
    await turnedTo('up');
    await turnedTo('config');
    expect(await heard('gateway.down')).toHaveLength(3);
    await turnedTo('up');
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['no word of what is left', undefined, undefined, 'credit'],
    ['what was left', '0.02', '0.02', 'credit'],
    ['less than was left', '5', '0.02', 'credit'],
    ['none', undefined, '0', 'credit'],
    ['more than was left', '0.02', '3', 'up'],
    ['enough', '5000', '60', 'up'],
  ])('when credit is back after asking: %s', async (...row) => {
    const [, had, has, becomes] = row;
    const world = await campaigning(database, test);
    const { accountId, turnedTo, state } = await theAccount(world, 'sandbox');
    await world.shop.tamper(`UPDATE gateway_account SET state = 'up', credit = $2 WHERE id = $1`, [
      accountId,
      had,
    ]);
    await turnedTo('credit');
    for (const found of ['up', 'unreachable', 'up']) await turnedTo(found, undefined, has);
    expect(await state()).toBe(becomes);
    await world.shop.tamper(`UPDATE gateway_account SET state = 'up', credit = NULL WHERE id = $1`, [
      accountId,
    ]);
  });

  it.each([
    ['took a message since', 'accepted', 'up'],
    ['was asked to, and refused', 'refused', 'credit'],
  ] as const)('when an account without credit %s', async (_, outcome, becomes) => {
    const world = await campaigning(database, test);
    const { accountId, turnedTo, state } = await theAccount(world, 'sandbox');
    const called = () =>
      database.outside((tx) =>
        addSubmissionCounts(tx, [{ accountId, outcome, reason: '', calls: 1, messages: 1, seconds: 1 }]),
      );
    await called();
    await turnedTo('credit');
    for (let turn = 0; turn < 2; turn += 1) await turnedTo('up');
    expect(await state()).toBe('credit');
    await called();
    await turnedTo('up');
    expect(await state()).toBe(becomes);
    await turnedTo('credit');
    await turnedTo('up');
    expect(await state()).toBe('credit');
    await turnedTo('config');
    await turnedTo('up');
  });

  it('not when an operator retried an account', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    const { turnedTo } = await theAccount(world, 'sandbox');
    await turnedTo('credit');
    const ordered = { campaignId, actor: 'key:test' };
    await world.shop.within((tx) => parkCampaign(tx, world.deps, { ...ordered, because: 'CREDIT' }));
    await world.shop.within((tx) => resumeCampaign(tx, world.deps, ordered));
    const state = await world.shop.tamper(`SELECT state FROM gateway_account WHERE name = 'sandbox'`);
    expect(state).toEqual([{ state: 'unknown' }]);
    await turnedTo('up');
  });

  it('when a start passed during an outage', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    const campaignId = await world.launched({ startAt: '2026-11-24T18:00:00+01:00' });
    world.shop.clock.set('2026-11-25T11:00:00+01:00');
    for (let turn = 0; turn < 2; turn += 1)
      await planCampaign(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await heard('campaign.parked')).toMatchObject([{ campaignId, code: 'START_MISSED' }]);
  });

  it.each(['CONFIG', 'CREDIT'] as const)('that an account parked its campaign for %s', async (code) => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    const { turnedTo } = await theAccount(world, 'sandbox');
    await turnedTo('up');
    const run = await world.shop.within(async (tx) => {
      const [batch] = await tx.rows(
        sql<{ id: string }>`SELECT id FROM batch WHERE campaign_id = ${campaignId}`,
      );
      return readRun(tx, batch?.id ?? '');
    });
    if (run === undefined) throw new Error('no batch');
    const parts = { database, clock: world.shop.clock };
    await Promise.all([parkOrder(parts, run, { code }), parkOrder(parts, run, { code })]);
    expect(await heard('campaign.parked')).toMatchObject([{ campaignId, code }]);
    expect(await heard('gateway.down')).toEqual([{ gateway: 'sandbox', code }]);
    expect(await heard('gateway.credit-low')).toHaveLength(code === 'CREDIT' ? 1 : 0);
    await turnedTo('up', undefined, '50');
  });
});

describe('a shop with blocked advertising is notified', () => {
  const told = { gateway: 'real', code: 'NEVER_PROVEN' };
  const watch = (world: Campaigning) => watchStopPaths({ database, clock: world.shop.clock });

  it('once a day, while advertising is waiting', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await watch(world);
    expect(await heard('gateway.stop-unproven')).toEqual([]);
    await world.draft({ gateway: 'real', sender: 'MaisonLumie' });
    await watch(world);
    await watch(world);
    expect(await heard('gateway.stop-unproven')).toEqual([told]);
    await world.shop.tamper(
      `UPDATE webhook_delivery SET id = uuidv7(interval '-25 hours') WHERE tenant_id = $1`,
      [world.shop.id],
    );
    await watch(world);
    expect(await heard('gateway.stop-unproven')).toEqual([told, told]);
  });

  it('not for a fake or a proven account', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.draft();
    await world.draft({ gateway: 'real', sender: 'MaisonLumie' });
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = now() WHERE name = 'real'`, []);
    await watch(world);
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = NULL WHERE name = 'real'`, []);
    expect(await heard('gateway.stop-unproven')).toEqual([]);
  });

  it('when no STOP came for thirty sending days', async () => {
    const world = await campaigning(database, test);
    const heard = await listening(world);
    await world.people(...some(1));
    const campaignId = await world.frozen();
    await world.shop.tamper(
      `UPDATE batch SET account_id = g.id, created_at = now() - interval '31 days' FROM gateway_account g WHERE g.name = 'real' AND campaign_id = $1`,
      [campaignId],
    );
    await world.shop.tamper(
      `UPDATE campaign SET account_id = g.id FROM gateway_account g WHERE g.name = 'real' AND campaign.id = $1`,
      [campaignId],
    );
    await world.shop.tamper(
      `UPDATE gateway_account SET proven_at = now() - interval '40 days' WHERE name = 'real'`,
      [],
    );
    await watch(world);
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = NULL WHERE name = 'real'`, []);
    expect(await heard('gateway.stop-unproven')).toEqual([{ gateway: 'real', code: 'SILENT' }]);
  });
});

/** Returns an account, with functions that read and change its state. */
async function theAccount(world: Campaigning, name: string) {
  const [row] = await world.shop.tamper(`SELECT id FROM gateway_account WHERE name = $1`, [name]);
  const accountId = String(row?.['id']);
  const { clock } = world.shop;
  return {
    accountId,
    state: async () =>
      (await world.shop.tamper(`SELECT state FROM gateway_account WHERE id = $1`, [accountId]))[0]?.['state'],
    turnedTo: (state: string, commit = () => Promise.resolve(), credit?: string): Promise<void> =>
      database.outside(async (tx) => {
        await noteAccount(tx, clock, { accountId, state, credit, at: clock.now().toISO() });
        await commit();
      }),
  };
}

const killed = (): Promise<never> => Promise.reject(new Error('killed'));

describe('the news of an account', () => {
  it.each([
    ['that is up again', { was: 'down', is: 'up', had: null, has: null }, []],
    ['that stays down', { was: 'down', is: 'down', had: null, has: null }, []],
    ['that goes down', { was: 'up', is: 'down', had: null, has: null }, ['gateway.down']],
    ['whose credit runs low', { was: 'up', is: 'up', had: '12', has: '9.5' }, ['gateway.credit-low']],
    ['whose credit stays low', { was: 'up', is: 'up', had: '9.5', has: '9' }, []],
    [
      'without credit',
      { was: 'up', is: 'credit', had: null, has: null },
      ['gateway.down', 'gateway.credit-low'],
    ],
  ])('%s is what is new of it', (_, turn, types) => {
    expect(accountNews({ name: 'octo', ...turn }).map(({ type }) => type)).toEqual(types);
  });
});
