import { describe, expect, it } from 'vitest';
import { changeNumber } from '../../../src/people/contact/contact.ts';
import type { Ledger } from '../../../src/platform/database/ledger.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const reasons = async (batchId: string): Promise<unknown[]> =>
  (await world.query('SELECT reason FROM message WHERE batch_id = $1 ORDER BY seq', [batchId])).map(
    (row) => row['reason'],
  );

/** A ledger that runs something before its first mark. */
function interrupted(ledger: Ledger, before: () => Promise<unknown>): Ledger {
  let pending: (() => Promise<unknown>) | undefined = before;
  return new Proxy(ledger, {
    get(target, name) {
      if (name === 'mark')
        return async (...asked: Parameters<Ledger['mark']>) => {
          const isMark = asked[1].some((statement) => statement.name.startsWith('mark_campaign'));
          const first = isMark ? pending : undefined;
          if (isMark) pending = undefined;
          await first?.();
          return target.mark(...asked);
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('a number that changes between the making of a text and its mark', () => {
  it('gets the text only under its new number', async () => {
    const batchId = await world.shard(3);
    const [{ id } = { id: '' }] = await world.query(
      'SELECT contact_id AS id FROM message WHERE batch_id = $1 AND seq = 1',
      [batchId],
    );
    const line = { e164: '+33639989999', territories: ['FR'], lineType: 'mobile' } as const;
    const ledger = interrupted(world.deps.ledger, () =>
      world.database.withTenant(world.tenantId, (tx) =>
        changeNumber(tx, { keys: world.keys, clock }, { contactId: String(id), line }),
      ),
    );
    await sendAll({ ...world.deps, ledger }, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ accepted: 3 });
    const sent = (await operator.log()).filter(({ reference }) => reference === `msg_${batchId}_1`);
    expect(sent.map(({ to }) => to)).toEqual(['+33639989999']);
  });
});

describe('NUM-02, a person without a sign of life', () => {
  const shardOf = async (lastInteractionAt: string | null, agreedAt: string): Promise<string> => {
    const batchId = await world.shard(1);
    await world.query(
      `UPDATE contact SET last_interaction_at = $2 WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1)`,
      [batchId, lastInteractionAt],
    );
    await world.query(
      `UPDATE consent SET since = $2 WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1)`,
      [batchId, agreedAt],
    );
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    return batchId;
  };

  // The law clock stands at 24 November 2026.
  it.each([
    [
      'for two years is not written to',
      '2024-11-23T10:00:00+01:00',
      '2024-01-01',
      'excluded',
      'NUMBER_RETIRED',
    ],
    ['for two years but for a day is', '2024-11-25T10:00:00+01:00', '2024-01-01', 'accepted'],
    ['since an agreement of last year is', '2024-01-01T10:00:00+01:00', '2025-11-24', 'accepted'],
    ['that was never told of is', null, '2024-01-01', 'accepted'],
    ['nor agreement for three years is not', null, '2023-11-23', 'excluded', 'CONSENT_EXPIRED'],
    ['for longer than an agreement is not', '2023-11-23', '2022-01-01', 'excluded', 'CONSENT_EXPIRED'],
  ])('%s', async (_title, last, agreed, state, reason?: string) => {
    const batchId = await shardOf(last, agreed);
    expect([await world.states(batchId), await reasons(batchId)]).toEqual([{ [state]: 1 }, [reason ?? null]]);
  });
});
