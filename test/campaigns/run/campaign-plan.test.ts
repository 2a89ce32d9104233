import { describe, expect, it } from 'vitest';
import { closeCampaign, planCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { parkCampaign, pauseCampaign, resumeCampaign } from '../../../src/campaigns/run/order.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { campaigning, some, type Campaigning } from './campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const key = (world: Campaigning, campaignId: string) => ({ tenantId: world.shop.id, campaignId });
const plan = (world: Campaigning, campaignId: string) => planCampaign(world.deps, key(world, campaignId));
const close = (world: Campaigning, campaignId: string) => closeCampaign(world.deps, key(world, campaignId));
const statusOf = async (world: Campaigning, campaignId: string) =>
  (await world.shop.tamper(`SELECT status FROM campaign WHERE id = $1`, [campaignId]))[0]?.['status'];

/** Puts the message into the state in which the send path would leave it. */
async function become(
  { world, campaignId }: { world: Campaigning; campaignId: string },
  state: string,
  minutesAgo = 0,
): Promise<void> {
  const [batch] = await world.shop.tamper(`SELECT id, account_id FROM batch WHERE campaign_id = $1 LIMIT 1`, [
    campaignId,
  ]);
  const submissionId = uuidV7(Date.now());
  await world.shop.tamper(
    `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
     VALUES ($1, $2, $3, $4, 1, $5, 1, clock_timestamp() - make_interval(mins => $6), '\\x00')`,
    [submissionId, world.shop.id, batch?.['account_id'], batch?.['id'], submissionId.slice(-12), minutesAgo],
  );
  await world.shop.tamper(
    `WITH m AS (UPDATE message SET state = $3::text::message_state, reason = CASE WHEN $3::text = 'uncertain' THEN 'RESET' END, submission_id = $4
                 WHERE batch_id = $1 AND state = 'ready' RETURNING state, reason)
     INSERT INTO tally SELECT $2::uuid, $1::uuid, state, reason, count(*) FROM m GROUP BY state, reason
     UNION ALL SELECT $2::uuid, $1::uuid, 'ready', NULL, -count(*) FROM m`,
    [batch?.['id'], world.shop.id, state, submissionId],
  );
}

describe('a campaign whose start passed during an outage', () => {
  const START = '2026-11-24T18:00:00+01:00';

  it('waits for a person and can be resumed', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched({ startAt: START });
    await plan(world, campaignId);
    world.shop.clock.set('2026-11-25T11:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({
      kind: 'wait',
      state: 'parked',
      because: { code: 'START_MISSED' },
    });
    expect(await statusOf(world, campaignId)).toBe('parked');
    await world.shop.within((tx) => resumeCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    expect((await plan(world, campaignId)).kind).toBe('send');
  });

  it('starts within an hour, or before its end', async () => {
    const world = await campaigning(database, test);
    const late = await world.launched({ startAt: START });
    const bounded = await world.launched({ startAt: START, expireAt: '2026-11-26T18:00:00+01:00' });
    world.shop.clock.set('2026-11-24T18:59:00+01:00');
    expect((await plan(world, late)).kind).toBe('send');
    world.shop.clock.set('2026-11-25T11:00:00+01:00');
    expect((await plan(world, bounded)).kind).toBe('send');
  });

  it('starts when only the clock was moved', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched({ startAt: START });
    world.shop.clock.revision += 1;
    world.shop.clock.set('2026-11-25T11:00:00+01:00');
    expect((await plan(world, campaignId)).kind).toBe('send');
  });
});

describe('a campaign that is planned', () => {
  it('waits for its start, and says until when', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched({ startAt: '2026-11-24T18:00:00+01:00' });
    expect(await plan(world, campaignId)).toMatchObject({
      kind: 'wait',
      state: 'waiting-window',
      waitMs: 8 * 3_600_000,
      nextActionAt: '2026-11-24T17:00:00.000Z',
      until: 'mardi 24 novembre 2026 à 18h00, heure de Paris',
      because: { code: 'START_AT' },
      accounts: { audience: 0, pending: 0 },
      locale: 'fr',
    });
    expect(
      await world.shop.tamper(`SELECT iso(next_action_at) AS at, waiting FROM campaign WHERE id = $1`, [
        campaignId,
      ]),
    ).toEqual([
      {
        at: '2026-11-24T17:00:00.000Z',
        waiting: {
          code: 'START_AT',
          ruleId: null,
          until: '2026-11-24T17:00:00.000Z',
          text: 'Attend l’heure de départ choisie.',
        },
      },
    ]);
    world.shop.clock.set('2026-11-24T18:00:00+01:00');
    expect((await plan(world, campaignId)).kind).toBe('send');
    expect(await statusOf(world, campaignId)).toBe('running');
  });

  it.each([
    ['paused', 'PAUSED'],
    ['parked', 'BUDGET'],
  ])('waits for a person while it is %s', async (status, code) => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    const ordered = { campaignId, actor: 'key:test', because: 'BUDGET' };
    await world.shop.within((tx) =>
      status === 'paused' ? pauseCampaign(tx, world.deps, ordered) : parkCampaign(tx, world.deps, ordered),
    );
    expect(await plan(world, campaignId)).toMatchObject({ kind: 'wait', state: status, because: { code } });
  });

  it('is over before launch, and for another tenant', async () => {
    const [ours, theirs] = [await campaigning(database, test), await campaigning(database, test)];
    const campaignId = await theirs.draft();
    expect((await plan(theirs, campaignId)).because.code).toBe('NOT_LAUNCHED');
    expect((await plan(ours, campaignId)).kind).toBe('done');
  });

  it('expires ready messages at its limit, even paused', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(6));
    const campaignId = await world.frozen({ expireAt: '2026-11-24T19:00:00+01:00' });
    await world.shop.within((tx) => pauseCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    expect(await plan(world, campaignId)).toMatchObject({ kind: 'wait', state: 'paused', waitMs: 3_600_000 });
    world.shop.clock.set('2026-11-24T19:00:00+01:00');
    expect(await plan(world, campaignId)).toMatchObject({ kind: 'send', because: { code: 'EXPIRE_AT' } });
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 6, pending: 0, expired: 6 });
    expect((await close(world, campaignId)).kind).toBe('done');
    expect(await statusOf(world, campaignId)).toBe('finished');
  });

  it('counts its people even when expired before freezing', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(3));
    const campaignId = await world.launched({ expireAt: '2026-11-24T19:00:00+01:00' });
    world.shop.clock.set('2026-11-24T20:00:00+01:00');
    expect((await plan(world, campaignId)).kind).toBe('send');
    await freezeAudience(world.deps, key(world, campaignId));
    expect((await close(world, campaignId)).kind).toBe('done');
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 3, pending: 0, expired: 3 });
  });
});

describe('a campaign that is closed', () => {
  it('finishes when nothing is pending', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(3));
    await world.strangers(...some(2));
    const campaignId = await world.frozen();
    expect(await close(world, campaignId)).toMatchObject({ kind: 'wait', state: 'sending' });
    await become({ world, campaignId }, 'accepted');
    expect(await close(world, campaignId)).toMatchObject({ kind: 'done', because: { code: 'FINISHED' } });
    expect(await statusOf(world, campaignId)).toBe('finished');
    expect(await close(world, campaignId)).toMatchObject({ kind: 'done', because: { code: 'FINISHED' } });
    expect(await plan(world, campaignId)).toMatchObject({
      kind: 'done',
      accounts: { audience: 5, excluded: 2 },
    });
  });

  it('waits two hours at most for uncertain messages', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await become({ world, campaignId }, 'uncertain', 119);
    world.shop.clock.set(new Date().toISOString());
    expect(await close(world, campaignId)).toMatchObject({ kind: 'wait', because: { code: 'UNCERTAIN' } });
    world.shop.clock.set(new Date(Date.now() + 120_000).toISOString());
    expect(await close(world, campaignId)).toMatchObject({ kind: 'done' });
    expect(await world.accounts(campaignId)).toMatchObject({ uncertain: 2, pending: 0 });
  });

  it('counts those hours from the last call', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(3));
    const campaignId = await world.frozen();
    await become({ world, campaignId }, 'uncertain', 130);
    await world.shop.tamper(
      `WITH m AS (UPDATE message SET state = 'ready', reason = NULL, submission_id = NULL
                   WHERE seq = 1 AND batch_id IN (SELECT id FROM batch WHERE campaign_id = $1) RETURNING tenant_id, batch_id)
       INSERT INTO tally SELECT tenant_id, batch_id, x.state::message_state, x.reason, x.delta FROM m,
         (VALUES ('ready', NULL, 1), ('uncertain', 'RESET', -1)) x(state, reason, delta)`,
      [campaignId],
    );
    await become({ world, campaignId }, 'accepted', 10);
    world.shop.clock.set(new Date().toISOString());
    expect(await close(world, campaignId)).toMatchObject({ kind: 'wait', because: { code: 'UNCERTAIN' } });
    world.shop.clock.set(new Date(Date.now() + 111 * 60_000).toISOString());
    expect(await close(world, campaignId)).toMatchObject({ kind: 'done' });
  });

  it('does not wait for an unresolvable batch', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await become({ world, campaignId }, 'uncertain');
    await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE campaign_id = $1`, [campaignId]);
    expect(await close(world, campaignId)).toMatchObject({ kind: 'done' });
  });

  it('reopens a batch whose messages are ready again', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const campaignId = await world.frozen();
    await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE campaign_id = $1`, [campaignId]);
    expect((await close(world, campaignId)).kind).toBe('wait');
    expect((await freezeAudience(world.deps, key(world, campaignId))).shards).toHaveLength(1);
  });
});
