import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { accounts } from '../../../src/campaigns/run/run.repository.ts';
import { closeCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { listMessages } from '../../../src/campaigns/run/message-list.repository.ts';
import { cancelCampaign, sweepCampaign } from '../../../src/campaigns/run/order.ts';
import { leftSince } from '../../../src/campaigns/rehearsal/rehearsal.repository.ts';
import { readCampaigns } from '../../../src/campaigns/campaign.repository.ts';
import { campaignView, viewsOf } from '../../../src/campaigns/run/view.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import { readStepsOf } from '../../../src/reminders/steps/step.repository.ts';
import { measureGrown, measureMessages } from '../../../src/platform/database/measure.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { campaigning, some } from './campaigning.ts';
import { planned, type Plan, type Planned } from './planned.ts';
import { openBase } from '../../support/database.ts';

/** Sixty campaigns of last month, each to two thousand people. */
const OLD = { campaigns: 60, people: 2_000 };

let oldCampaign: string;
const { test, database } = await openBase();
const world = await campaigning(database, test);
const ids = await world.people(...some(40));
await world.shop.tamper(
  `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
   SELECT uuidv7(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01' FROM generate_series(1, $2::int) n`,
  [world.shop.id, OLD.people],
);
for (let turn = 0; turn < OLD.campaigns; turn += 1) oldCampaign = await anOldCampaign();
await world.shop.tamper('ANALYZE');
/** Partitions that hold messages. */
const months: readonly string[] = (
  await world.shop.tamper('SELECT DISTINCT tableoid::regclass::text AS name FROM message')
).map(({ name }) => String(name));
const asked: Planned = planned(database);

async function anOldCampaign(): Promise<string> {
  const campaignId = await world.launched();
  const batchId = uuidV7(Date.now());
  await world.shop.tamper(
    `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, size, state, created_at)
     SELECT $1, tenant_id, 'campaign', account_id, purpose, id, 0, 'FR', 'Europe/Paris', $3::int, 'done', created_at FROM campaign WHERE id = $2`,
    [batchId, campaignId, OLD.people],
  );
  await world.shop.tamper(
    `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, final_at)
     SELECT $1, row_number() OVER (), tenant_id, id, 'excluded', 'NO_BASIS', '2026-01-01' FROM contact WHERE tenant_id = $2 LIMIT $3::int`,
    [batchId, world.shop.id, OLD.people],
  );
  await world.shop.tamper(
    `INSERT INTO tally (tenant_id, batch_id, state, reason, delta) VALUES ($1, $2, 'excluded', 'NO_BASIS', $3::int)`,
    [world.shop.id, batchId, OLD.people],
  );
  return campaignId;
}

/** Returns the statements that scan a month with messages sequentially. */
const scans = (plans: readonly Plan[]): string[] =>
  plans
    .filter(({ plan }) => months.some((month) => plan.includes(`Seq Scan on ${month} `)))
    .map(({ statement, plan }) => `${statement}\n${plan}`);

const within = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  asked.database.withTenant(world.shop.id, work);

const deps = () => ({ ...world.deps, database: asked.database });

describe('with the messages of sixty old campaigns', () => {
  it.each([{}, { after: 1_000 }, { state: 'excluded' }])(
    'a page is read by its key: %o',
    async ({ after, ...more }: { after?: number; state?: string }) => {
      const found = await within(async (tx) => {
        const first = await listMessages(tx, world.deps.keys, { campaignId: oldCampaign, limit: 1 });
        const from = after === undefined ? undefined : first.items[0]?.id.replace(/_1$/, `_${after}`);
        asked.taken();
        return listMessages(tx, world.deps.keys, { campaignId: oldCampaign, limit: 2, after: from, ...more });
      });
      const seq = (after ?? 0) + 1;
      expect(found.items.map(({ id }) => Number(id.split('_').at(-1)))).toEqual([seq, seq + 1]);
      const page = asked.taken().find(({ plan }) => months.some((month) => plan.includes(` on ${month} `)));
      expect(page?.plan).toMatch(
        /Limit .*\n(?: +InitPlan.*\n +->.*\n)* +-> {2}Index Scan using message_\d{6}_pkey/,
      );
    },
  );

  it('a sequential scan fails this check', async () => {
    await within((tx) => tx.rows(sql`SELECT count(*) FROM message WHERE reason = 'NO_BASIS'`));
    expect(scans(asked.taken())).toHaveLength(1);
  });

  it.each([
    ['people named one by one', () => ({ contactIds: ids })],
    ['everybody', () => ({ all: true }) as const],
    ['those whom an old campaign did not serve', () => ({ notServedBy: oldCampaign })],
    ['those named, but not an old one’s', () => ({ contactIds: ids, exclude: [{ servedBy: oldCampaign }] })],
    [
      'those who received an old one',
      () => ({ filter: { all: [{ field: 'receivedCampaign', op: 'in', value: [oldCampaign] }] } }) as const,
    ],
  ])('an audience of %s is read by keys', async (_, audience) => {
    const campaignId = await world.launched({ audience: audience() });
    const key = { tenantId: world.shop.id, campaignId };
    await freezeAudience(deps(), key);
    const frozen = asked.taken();
    expect(frozen.length).toBeGreaterThan(5);
    expect(scans(frozen)).toEqual([]);
    await within(async (tx) => {
      await accounts(tx, campaignId);
      await leftSince(tx, { id: uuidV7(Date.now()), campaignId, messagesLeft: null, partsLeft: null });
      await campaignView(tx, campaignId, { now: world.shop.clock.now(), language: 'fr' });
      const first = await listMessages(tx, world.deps.keys, { campaignId, limit: 2 });
      for (const more of [{ state: 'ready' }, { reason: 'NO_BASIS' }, { after: first.items[0]?.id }])
        await listMessages(tx, world.deps.keys, { campaignId, limit: 2, ...more });
      await cancelCampaign(tx, deps(), { campaignId, actor: 'key:test' });
    });
    await sweepCampaign(deps(), key, 'CANCELLED');
    await closeCampaign(deps(), key);
    expect(scans(asked.taken())).toEqual([]);
  });

  it('steps of many series are read by keys', async () => {
    const anId = () => uuidV7(Date.now());
    const series = Array.from({ length: 500 }, () => ({ id: anId(), batchId: anId() }));
    await world.shop.tamper(
      `INSERT INTO reminder_step (series_id, revision, position, tenant_id, step, facts, event_at, wanted_at, planned_at, state, since)
       SELECT id, 1, n, $1, 'P1D', '', now(), now(), now(), 'planned', now() FROM unnest($2::uuid[]) AS id, generate_series(1, 4) n`,
      [world.shop.id, series.map(({ id }) => id)],
    );
    await world.shop.tamper('ANALYZE reminder_step');
    expect((await within((tx) => readStepsOf(tx, series))).size).toBe(series.length);
    const plans = asked.taken();
    expect(plans).toHaveLength(1);
    expect(scans(plans)).toEqual([]);
  });

  it('a page of views asks what one asks', async () => {
    const reader = { now: world.shop.clock.now(), language: 'fr' } as const;
    const asks = async (limit: number) => {
      const campaigns = await world.shop.within((tx) => readCampaigns(tx, { limit }));
      asked.taken();
      const views = await within((tx) => viewsOf(tx, campaigns, reader));
      expect(views.map(({ id }) => id)).toEqual(campaigns.map(({ id }) => id));
      expect(views).toHaveLength(limit);
      return asked.taken().length;
    };
    expect(await asks(40)).toBe(await asks(1));
  });

  it('a freeze is analyzed in month and total', async () => {
    const measured = async () =>
      (
        await world.shop.tamper(
          `SELECT count(*)::int AS n FROM pg_stats WHERE tablename IN ('message', (SELECT relname FROM pg_class WHERE oid = (SELECT tableoid FROM message ORDER BY batch_id DESC LIMIT 1))) AND attname = 'batch_id'`,
        )
      )[0]?.['n'];
    await world.shop.tamper(
      `DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname LIKE 'message%')`,
    );
    expect(await measured()).toBe(0);
    await within(async (tx) => {
      const row = await tx.first(
        sql<{ id: string }>`SELECT batch_id AS id FROM message ORDER BY batch_id DESC LIMIT 1`,
      );
      await measureMessages(tx, row?.id ?? '');
    });
    expect(await measured()).toBe(2);
  });

  it('a new base is analyzed once before counting', async () => {
    // Autovacuum must not analyze the table in between.
    await world.shop.tamper('ALTER TABLE contact SET (autovacuum_enabled = false)');
    await world.shop.tamper('ANALYZE');
    expect(await within(measureGrown)).toEqual([]);
    await world.shop.tamper(
      `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
       SELECT uuidv7(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01'
         FROM generate_series($2::int + 1, $2::int * 3) n`,
      [world.shop.id, OLD.people],
    );
    expect(await within(measureGrown)).toEqual(['contact']);
    expect(await within(measureGrown)).toEqual([]);
  });
});
