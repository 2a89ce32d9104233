import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { cases } from '../../support/cases.ts';
import { seeded } from '../../support/seed.ts';
import { slowly } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';

const PEOPLE = cases(2_000, 6_000);
const STOPS = 0.4 * PEOPLE;
const SEED = 20_261_125;
const LATENCY_MS = 12;
/** So many people after the last marked one: most of them are about to be marked. */
const AHEAD = 80;

const s = await aScriptedWorld({ freeSlots: 40 });
const stoppers = await Promise.all(
  Array.from({ length: 4 }, async () => {
    const client = new Client({ connectionString: s.world.superUrl });
    await client.connect();
    return client;
  }),
);
// The snapshot of each mark and the transaction of each STOP, so that no clock has to be believed.
await s.world.query(`ALTER TABLE submission ADD COLUMN seen pg_snapshot DEFAULT pg_current_snapshot()`);
await s.world.query(`ALTER TABLE suppression ADD COLUMN by xid8`);
await s.world.query(`ALTER TABLE consent ADD COLUMN by xid8`);

afterAll(() => Promise.all(stoppers.map((client) => client.end())));

const WITHDRAWN = (id: string): string =>
  `UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN', generation = generation + 1, by = pg_current_xact_id() WHERE contact_id = '${id}'`;
const SUPPRESSED = (id: string, scope: string): string =>
  `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at, by)
   SELECT gen_random_uuid(), tenant_id, phone_index, '${scope}', '2026-11-24', 'sms', '2026-11-24', pg_current_xact_id() FROM contact WHERE id = '${id}'`;

/** A STOP, a withdrawal elsewhere, and a suppression without one: each must be enough. */
const LEAVINGS = [
  (id: string) => `${WITHDRAWN(id)}; ${SUPPRESSED(id, 'marketing')}`,
  WITHDRAWN,
  (id: string) => SUPPRESSED(id, 'marketing'),
  (id: string) => SUPPRESSED(id, 'all'),
] as const;

/** Sends chunk after chunk, as the worker does: on a busy machine one is not enough. */
async function sentToTheEnd(batchId: string): Promise<void> {
  for (;;) {
    const plan = await s.send(batchId);
    if (plan.kind === 'done') return;
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 200)));
  }
}

describe(`I3, ${STOPS} people who write STOP while a campaign is sent to them, seed ${SEED}`, () => {
  it('never has a submission after a committed STOP', async () => {
    await s.calm();
    const batchId = await s.world.shard(PEOPLE);
    const people = (
      await s.world.query('SELECT contact_id FROM message WHERE batch_id = $1 ORDER BY seq', [batchId])
    ).map((row) => String(row['contact_id']));
    let reached = 0;
    const answer = slowly(LATENCY_MS);
    s.gateway.script = (call, attempt) => {
      reached = Math.max(reached, Number(call.recipients[0]?.reference.split('_').at(-1)));
      return answer(call, attempt);
    };
    const random = seeded(SEED);
    const left = new Set<number>();
    const over = new AbortController();
    const stopping = async (client: Client): Promise<void> => {
      while (!over.signal.aborted && left.size < STOPS) {
        const seq = reached + Math.floor(random() * AHEAD);
        const id = people[seq];
        const leaving = LEAVINGS[left.size % LEAVINGS.length];
        if (id === undefined || leaving === undefined) break;
        if (left.has(seq)) {
          await new Promise((rested) => setImmediate(rested));
          continue;
        }
        left.add(seq);
        await client.query(`BEGIN; ${leaving(id)}; COMMIT`);
      }
    };
    const stops = stoppers.map(stopping);
    await sentToTheEnd(batchId);
    over.abort();
    await Promise.all(stops);
    await s.world.query(`UPDATE batch SET state = 'open' WHERE id = $1`, [batchId]);
    await s.send(batchId);

    const [row] = await s.world.query(
      `SELECT count(*) FILTER (WHERE stopped)::int AS stopped,
              count(*) FILTER (WHERE stopped AND sent IS NULL)::int AS spared,
              count(*) FILTER (WHERE stopped AND sent IS NOT NULL)::int AS before,
              count(*) FILTER (WHERE sent IS NOT NULL AND (pg_visible_in_snapshot(consent_by, sent) OR pg_visible_in_snapshot(suppression_by, sent)))::int AS after
         FROM (SELECT k.by AS consent_by, x.by AS suppression_by, u.seen AS sent, k.by IS NOT NULL OR x.by IS NOT NULL AS stopped
                 FROM message m JOIN contact c ON c.id = m.contact_id JOIN consent k ON k.contact_id = c.id
                 LEFT JOIN suppression x ON x.phone_index = c.phone_index LEFT JOIN submission u ON u.id = m.submission_id
                WHERE m.batch_id = $1) people`,
      [batchId],
    );
    const found = row as { stopped: number; spared: number; before: number; after: number };
    expect(found.after).toBe(0);
    expect(found.stopped).toBeGreaterThanOrEqual(PEOPLE / 8);
    // The race is real only if both sides win at times.
    expect(found.spared).toBeGreaterThan(PEOPLE / 60);
    expect(found.before).toBeGreaterThan(PEOPLE / 300);
    expect(await s.world.states(batchId)).toEqual({
      excluded: found.spared,
      accepted: PEOPLE - found.spared,
    });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('still advertises to people refusing renewals only', async () => {
    const batchId = await s.world.shard(2);
    await s.world.query(
      `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
       SELECT gen_random_uuid(), c.tenant_id, phone_index, 'renewal', '2026-11-24', 'sms', '2026-11-24' FROM contact c JOIN message m ON m.contact_id = c.id
        WHERE m.batch_id = $1 AND m.seq = 0`,
      [batchId],
    );
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 2 });
  });
});
