import { describe, expect, it } from 'vitest';
import { endReady } from '../../../src/sending/batch/own.repository.ts';
import type { SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import { seeded } from '../../support/seed.ts';
import { refused, taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';

const PEOPLE = 1_500;

const s = await aScriptedWorld({ freeSlots: 30 });

/** Reads in one snapshot whether sums and tally equal a recount, and the number of people in all. */
const SAMPLE = `
  SELECT (SELECT count(*)::int FROM (
            SELECT state, reason, sum(delta) AS told, sum(one) AS found FROM (
              SELECT state, reason, delta, 0 AS one FROM tally WHERE batch_id = $1
              UNION ALL SELECT state, reason, 0, 1 FROM message WHERE batch_id = $1) rows
            GROUP BY 1, 2) sums WHERE told <> found) AS differences,
         (SELECT sum(delta)::int FROM tally WHERE batch_id = $1) AS audience,
         (SELECT count(*)::int FROM message WHERE batch_id = $1 AND state IN ('ready', 'submitting')) AS pending`;

describe('I2, the accounts of a batch', () => {
  it('close at every instant', async () => {
    await s.calm();
    const batchId = await s.world.shard(PEOPLE);
    const random = seeded(7);
    const answers: ((call: Parameters<typeof taken>[0]) => SubmitResult)[] = [
      taken,
      taken,
      taken,
      taken,
      () => refused('PERMANENT_RECIPIENT'),
      () => refused('OPTED_OUT'),
      () => refused('PERMANENT_CONTENT'),
      () => refused('RETRYABLE', 1),
      () => ({ kind: 'NOT_WRITTEN', reason: 'too-late' }),
      () => ({ kind: 'UNKNOWN', reason: 'reset', firstByteAt: 1, answeredAt: 2 }),
    ];
    s.gateway.script = async (call) => {
      await new Promise((answered) => setTimeout(answered, random() * 20));
      return (answers[Math.floor(random() * answers.length)] ?? taken)(call);
    };
    await s.world.query(
      `UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN' WHERE contact_id IN
         (SELECT contact_id FROM message WHERE batch_id = $1 AND seq % 20 = 3)`,
      [batchId],
    );
    const samples: Record<string, unknown>[] = [];
    const over = new AbortController();
    const sampling = (async () => {
      while (!over.signal.aborted) samples.push((await s.world.query(SAMPLE, [batchId]))[0] ?? {});
    })();
    const stop = new AbortController();
    const first = s.send(batchId, { signal: stop.signal });
    setTimeout(() => stop.abort(), 200);
    await first;
    for (let round = 0; round < 20; round += 1) {
      const plan = await s.send(batchId);
      if (plan.kind === 'done') break;
      if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 20)));
      if (round === 3) {
        await s.world.database.withTenant(s.world.tenantId, (tx) =>
          endReady(tx, { batchId, state: 'excluded', reason: 'CANCELLED', at: s.clock.now().toISO() }),
        );
      }
    }
    over.abort();
    await sampling;
    expect(samples.length).toBeGreaterThan(20);
    expect(samples.filter(({ differences }) => differences !== 0)).toEqual([]);
    expect(new Set(samples.map(({ audience }) => audience))).toEqual(new Set([PEOPLE]));
    expect(new Set(samples.map(({ pending }) => pending)).size, 'instants of the sending').toBeGreaterThan(5);
    expect((await s.world.query(SAMPLE, [batchId]))[0]).toEqual({
      differences: 0,
      audience: PEOPLE,
      pending: 0,
    });
    expect(
      await s.world.query(
        `SELECT count(*)::int AS n FROM message WHERE batch_id = $1 AND reason IS NULL AND state <> 'accepted'`,
        [batchId],
      ),
    ).toEqual([{ n: 0 }]);
  });
});
