import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { resolveByPerson } from '../../../src/sending/uncertain/uncertain.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';

const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock, { budget: { amount: '10', price: '0.05' } });

async function uncertain(): Promise<string> {
  const batchId = await world.shard(1);
  const submission = randomUUID();
  await world.query(
    `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
     VALUES ($1, $2, $3, $4, 1, 'KEY', 1, clock_timestamp(), '')`,
    [submission, world.tenantId, world.accountId, batchId],
  );
  await world.query(
    `UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', submission_id = $2, parts = 2 WHERE batch_id = $1`,
    [batchId, submission],
  );
  await world.query(`UPDATE batch SET spent = 0.10 WHERE id = $1`, [batchId]);
  return batchId;
}

describe('I11, an uncertain message that a person settles', () => {
  it.each([
    ['gives its price back if not accepted', 'not-accepted', 'ready', 0],
    ['keeps its price when it was accepted', 'accepted', 'accepted', 0.1],
  ] as const)('%s', async (_, outcome, state, spent) => {
    const batchId = await uncertain();
    const at = clock.now().toISO();
    expect(
      await world.database.withTenant(world.tenantId, (tx) =>
        resolveByPerson(tx, { messages: [{ batchId, seq: 0 }], outcome, at }),
      ),
    ).toMatchObject([{ batchId, seq: 0, state }]);
    const [row] = await world.query(
      'SELECT spent::float8 AS spent, next_action_at IS NOT NULL AS woken FROM batch WHERE id = $1',
      [batchId],
    );
    expect(row).toEqual({ spent, woken: state === 'ready' });
  });

  it('gets its original cost back', async () => {
    const batchId = await uncertain();
    await world.query('UPDATE submission SET price = 0.05 WHERE batch_id = $1', [batchId]);
    await world.query('UPDATE batch SET price = 0.03 WHERE id = $1', [batchId]);
    await world.database.withTenant(world.tenantId, (tx) =>
      resolveByPerson(tx, {
        messages: [{ batchId, seq: 0 }],
        outcome: 'not-accepted',
        at: clock.now().toISO(),
      }),
    );
    expect(await world.query('SELECT spent::float8 AS spent FROM batch WHERE id = $1', [batchId])).toEqual([
      { spent: 0 },
    ]);
  });
});
