import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { openLog } from '../../../src/platform/log.ts';
import { Recounting } from '../../../src/sending/batch/tally.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
let lines: string[] = [];

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);
beforeEach(() => {
  lines = [];
});

const sink = new Writable({
  write: (chunk: Buffer, _, done) => {
    lines.push(chunk.toString());
    done();
  },
});

const recounting = () =>
  new Recounting({
    database: world.database,
    clock,
    log: openLog({ level: 'info', process: 'worker' }, sink),
  });

const send = (batchId: string) =>
  sendAll(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });

const deltas = async (batchId: string): Promise<number> =>
  Number(
    (await world.query('SELECT count(*)::int AS n FROM tally WHERE batch_id = $1', [batchId]))[0]?.['n'],
  );

const sums = (batchId: string) =>
  world.query(
    `SELECT state::text, reason, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1, 2 HAVING sum(delta) <> 0 ORDER BY 1`,
    [batchId],
  );

describe('I2, the accounts of batches that changed', () => {
  it('are folded into one row a state', async () => {
    const batchId = await world.shard(700);
    await send(batchId);
    await world.query(
      `INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
       SELECT $1, $2, 'excluded', 'SUPPRESSED', 1 - 2 * (n % 2) FROM generate_series(1, 60) n`,
      [world.tenantId, batchId],
    );
    const before = await sums(batchId);
    expect(await recounting().turn()).toBe(0);
    expect(await sums(batchId)).toEqual(before);
    expect(await deltas(batchId)).toBe(1);
    expect(lines).toEqual([]);
  });

  it('are folded within moments, before anybody counts them', async () => {
    const batchId = await world.shard(3);
    const counting = recounting();
    await counting.fold();
    for (const more of [60, 70]) {
      await world.query(
        `INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
         SELECT $1, $2, 'excluded', 'SUPPRESSED', 1 - 2 * (n % 2) FROM generate_series(1, $3::int) n`,
        [world.tenantId, batchId, more],
      );
      await counting.fold();
      expect([await deltas(batchId), await sums(batchId)]).toEqual([
        1,
        [{ state: 'ready', reason: null, n: 3 }],
      ]);
    }
  });

  it('agree while a batch is being sent', async () => {
    const batchId = await world.shard(800);
    const counting = recounting();
    const sending = send(batchId);
    for (let turn = 0; turn < 12; turn += 1) expect(await counting.turn()).toBe(0);
    await sending;
    expect(await counting.turn()).toBe(0);
    expect(await sums(batchId)).toEqual([{ state: 'accepted', reason: null, n: 800 }]);
  });

  it('are reported once when they differ', async () => {
    const batchId = await world.shard(5);
    const counting = recounting();
    await world.query(
      `INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES ($1, $2, 'accepted', 1)`,
      [world.tenantId, batchId],
    );
    expect([await counting.turn(), await counting.turn()]).toEqual([1, 1]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      batch: batchId,
      differences: [{ state: 'accepted', reason: null, tallied: 1, counted: 0 }],
    });
    expect(await sums(batchId)).toHaveLength(2);
    await world.query(
      `INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES ($1, $2, 'accepted', -1)`,
      [world.tenantId, batchId],
    );
    expect(await counting.turn()).toBe(0);
  });
});
