import { describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { uuidV7 } from '../../../src/base/random.ts';
import { openSeal } from '../../../src/platform/database/instance.repository.ts';
import { reconcileLost, tellOpened } from '../../../src/operations/seal/seal-opening.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendUnlessClosed } from '../../support/until-sent.ts';

const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock, { budget: { amount: '100', price: '0.05' } });
await world.query(`UPDATE campaign SET frozen_at = '2026-01-01T00:00:00Z'`);

const send = (batchId: string) =>
  sendUnlessClosed(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });

/** Restores the database to its state before these messages were sent. */
async function restoreFrom(batchId: string, seq: number): Promise<void> {
  await world.query(
    `UPDATE message SET state = 'ready', submission_id = NULL, accepted_at = NULL WHERE batch_id = $1 AND seq >= $2`,
    [batchId, seq],
  );
  await world.query(`DELETE FROM acceptance WHERE batch_id = $1 AND seq >= $2`, [batchId, seq]);
  await world.query(`DELETE FROM tally WHERE batch_id = $1`, [batchId]);
  await world.query(
    `INSERT INTO tally (tenant_id, batch_id, state, delta) SELECT tenant_id, batch_id, state, count(*) FROM message WHERE batch_id = $1 GROUP BY 1, 2, 3`,
    [batchId],
  );
  await world.query(`UPDATE batch SET state = 'open' WHERE id = $1`, [batchId]);
  await world.query(`UPDATE instance SET sealed = true, sealed_why = 'this database is older than its seal'`);
}

const references = async (batchId: string): Promise<string[]> =>
  (await operator.log()).map(({ reference }) => reference).filter((one) => one.includes(batchId));

const talliedOf = (batchId: string) =>
  world.query(
    `SELECT state::text, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1 HAVING sum(delta) <> 0`,
    [batchId],
  );

const open = async () => {
  const found = await reconcileLost(world.database, clock);
  await world.database.outside(async (tx) => {
    await openSeal(tx);
    await tellOpened(tx, clock, { actor: 'key:test', action: 'seal.opened', details: () => ({ ...found }) });
  });
  return found;
};

describe('an instance over an older database', () => {
  it('marks nothing, then sends once to everybody', async () => {
    const [sent, fresh] = [await world.shard(30), await world.shard(10)];
    expect((await send(sent)).kind).toBe('done');
    await restoreFrom(sent, 10);

    expect(await send(sent)).toMatchObject({ kind: 'wait', because: { code: 'SEALED' } });
    expect(await world.states(sent)).toEqual({ accepted: 10, ready: 20 });

    expect(await open()).toEqual({ uncertain: 30, parkedCampaigns: 0 });
    expect(await world.states(sent)).toEqual({ accepted: 10, uncertain: 20 });
    expect(await talliedOf(fresh)).toEqual([{ state: 'uncertain', n: 10 }]);
    expect(
      await world.query(
        `SELECT next_action_at IS NOT NULL AND woken_at IS NULL AS due FROM batch WHERE id = $1`,
        [sent],
      ),
    ).toEqual([{ due: true }]);

    expect((await send(sent)).kind).toBe('done');
    await expect.poll(async () => (await send(fresh)).kind, { interval: 500 }).toBe('done');
    for (const [batchId, people] of [
      [sent, 30],
      [fresh, 10],
    ] as const) {
      expect(await world.states(batchId)).toEqual({ accepted: people });
      expect(await talliedOf(batchId)).toEqual([{ state: 'accepted', n: people }]);
      expect(new Set(await references(batchId)).size).toBe(people);
      expect(await references(batchId)).toHaveLength(people);
    }
    expect(await world.query(`SELECT action, details->'uncertain' AS uncertain FROM audit_entry`)).toEqual([
      { action: 'seal.opened', uncertain: 30 },
    ]);
    // A message that proved unsent is charged once, when it is sent.
    expect(
      (await world.query(`SELECT spent::float8 AS spent FROM batch WHERE id = $1`, [fresh]))[0]?.['spent'],
    ).toBeCloseTo(0.5);
  });

  it('parks a campaign that may have been frozen', async () => {
    await world.query(`UPDATE campaign SET frozen_at = NULL`);
    expect(await open()).toEqual({ uncertain: 0, parkedCampaigns: 1 });
    expect(await world.query(`SELECT status, parked_because FROM campaign`)).toEqual([
      { status: 'parked', parked_because: 'OPERATOR' },
    ]);
    expect(await open()).toEqual({ uncertain: 0, parkedCampaigns: 0 });
  });

  it('resolves exactly the reminders that were due', async () => {
    const [series, batch] = [randomUUID(), uuidV7(Date.now())];
    await world.query(
      `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, series_id, territory, time_zone, state, created_at)
       VALUES ($1, $2, 'series', $3, 'appointment', $4, 'FR', 'Europe/Paris', 'done', '2026-01-01')`,
      [batch, world.tenantId, world.accountId, series],
    );
    await world.query(
      `INSERT INTO reminder_series (id, tenant_id, kind, purpose, source, external_index, contact_id, account_id, batch_id, sender, sealed, territory,
         time_zone, event_at, event_wall, event_zone, plan, facts, revised_at, state, created_at, updated_at)
       VALUES ($1, $2, 'appointment', 'appointment', 'default', 'x', $1, $3, $4, 'CLINIQUE', '', 'FR', 'Europe/Paris', '2026-11-30', '', 'Europe/Paris', '[]',
         '', '2026-01-01', 'open', '2026-01-01', '2026-01-01')`,
      [series, world.tenantId, world.accountId, batch],
    );
    for (const [position, planned] of [
      [0, '2026-11-23T10:00:00Z'],
      [1, '2026-11-29T10:00:00Z'],
    ])
      await world.query(
        `INSERT INTO reminder_step (series_id, revision, position, tenant_id, step, facts, event_at, wanted_at, planned_at, state, since)
         VALUES ($1, 1, $2, $3, 'P1D', '', '2026-11-30', $4, $4, 'planned', '2026-01-01')`,
        [series, position, world.tenantId, planned],
      );
    expect(await open()).toMatchObject({ uncertain: 1 });
    expect(await world.query(`SELECT seq, state, reason FROM message WHERE batch_id = $1`, [batch])).toEqual([
      { seq: 1000, state: 'uncertain', reason: 'SEALED' },
    ]);
    expect(await world.query(`SELECT size, state FROM batch WHERE id = $1`, [batch])).toEqual([
      { size: 1, state: 'open' },
    ]);
    expect(await open()).toMatchObject({ uncertain: 0 });
  });
});
