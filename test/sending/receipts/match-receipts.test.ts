import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ReceiptEvent } from '../../../src/sending/gateway/gateway.ts';
import { keepAllReceipts, matchReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const receipt = (more: Partial<ReceiptEvent>): ReceiptEvent => ({
  kind: 'receipt',
  identity: randomUUID(),
  state: 'DELIVERED',
  ...more,
});
const tell = (...events: ReceiptEvent[]) => keepAllReceipts(world, world.accountId, events);
const sent = async (size: number) => {
  const batchId = await world.shard(size);
  await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
  return batchId;
};
const line = async (batchId: string, seq: number) => {
  const found = (await operator.log()).find(({ reference }) => reference === `msg_${batchId}_${seq}`);
  if (found === undefined) throw new Error('not sent');
  return found;
};

describe('I5, receipts', () => {
  it('move a message to delivered, in any order', async () => {
    const batchId = await sent(2);
    const { reference, to } = await line(batchId, 0);
    const identity = randomUUID();
    await tell(
      receipt({ reference, to, identity }),
      receipt({ reference, to, identity }),
      receipt({ reference, to, state: 'UNDELIVERED' }),
    );
    await matchReceipts(world);
    await tell(receipt({ reference, to }));
    await matchReceipts(world);
    await tell(receipt({ reference, to, state: 'EXPIRED' }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ accepted: 1, delivered: 1 });
  });

  it('prove the account’s callbacks for this tenant', async () => {
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    await world.query('DELETE FROM account_heard');
    await tell(receipt({ reference: `msg_${randomUUID()}_0`, to }));
    await matchReceipts(world);
    expect(await world.query('SELECT FROM account_heard')).toEqual([]);
    await tell(receipt({ reference, to }));
    await matchReceipts(world);
    expect(await world.query('SELECT tenant_id, account_id FROM account_heard')).toEqual([
      { tenant_id: world.tenantId, account_id: world.accountId },
    ]);
  });

  it('without a message are counted until found', async () => {
    const lost = async () =>
      (await world.query('SELECT receipts_lost FROM gateway_account WHERE id = $1', [world.accountId]))[0];
    const again = () => world.query(`UPDATE receipt SET next_try_at = now() WHERE matched_at IS NULL`);
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    await matchReceipts(world);
    await world.query('UPDATE gateway_account SET receipts_lost = 0');
    await world.query('DELETE FROM receipt WHERE matched_at IS NULL');
    await tell(...Array.from({ length: 3 }, () => receipt({ gatewayId: randomUUID() })));
    for (let tries = 0; tries < 6; tries += 1) {
      await again();
      await matchReceipts(world);
    }
    expect(await lost()).toEqual({ receipts_lost: 3 });

    await tell(receipt({ reference, to }));
    await matchReceipts(world);
    expect(await lost()).toEqual({ receipts_lost: 0 });
  });

  it.each([
    [1, 'about one lost answer keep the operator’s id', ['id-of-1']],
    [2, 'about several lost answers assign no id', []],
  ])('of a call for %i %s', async (messages, _, ids) => {
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    await world.query('UPDATE submission SET messages = $2 WHERE batch_id = $1', [batchId, messages]);
    await world.query('DELETE FROM acceptance WHERE batch_id = $1', [batchId]);
    await world.query(
      `UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', accepted_at = NULL WHERE batch_id = $1`,
      [batchId],
    );
    await tell(receipt({ reference, to, gatewayId: `id-of-${messages}` }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
    const kept = await world.query('SELECT gateway_id FROM acceptance WHERE batch_id = $1', [batchId]);
    expect(kept.map((row) => row['gateway_id'])).toEqual(ids);
  });

  it('by the operator’s id find their message', async () => {
    const batchId = await sent(1);
    const [row] = await world.query('SELECT gateway_id FROM acceptance WHERE batch_id = $1', [batchId]);
    await tell(receipt({ gatewayId: String(row?.['gateway_id']), state: 'UNDELIVERED', code: 'ABSENT' }));
    await matchReceipts(world);
    expect(
      await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1', [batchId]),
    ).toEqual([{ state: 'undelivered', reason: 'ABSENT' }]);
  });

  it.each([
    ['say that an account answers again', 'down', 'up'],
    ['say nothing of an account without credit', 'credit', 'credit'],
    ['say nothing of an account refusing keys', 'config', 'config'],
  ])('%s', async (_what, was, is) => {
    const account = async () =>
      world.query('SELECT state, last_receipt_at AS told FROM gateway_account WHERE id = $1', [
        world.accountId,
      ]);
    await world.query('UPDATE gateway_account SET state = $2, last_receipt_at = NULL WHERE id = $1', [
      world.accountId,
      was,
    ]);
    await tell(receipt({ gatewayId: 'of before' }));
    expect(await account()).toEqual([{ state: is, told: expect.any(Date) }]);
    await world.query(`UPDATE gateway_account SET state = 'up' WHERE id = $1`, [world.accountId]);
  });

  it('that are unreadable block no other', async () => {
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    const strange: unknown = { kind: 'receipt', identity: randomUUID(), state: 'constructor', reference };
    await tell(strange as ReceiptEvent, receipt({ reference, to }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
  });

  it('for another number change nothing', async () => {
    const batchId = await sent(1);
    const { reference } = await line(batchId, 0);
    await tell(receipt({ reference, to: '+33639980099' }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ accepted: 1 });
  });

  it('wait for a message not yet accepted', async () => {
    const batchId = await world.shard(1);
    await tell(receipt({ reference: `msg_${batchId}_0` }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ ready: 1 });
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    await world.query(`UPDATE receipt SET next_try_at = clock_timestamp() WHERE matched_at IS NULL`);
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
  });

  it('of nobody are kept without effect', async () => {
    await tell(
      receipt({ reference: `msg_${randomUUID()}_0` }),
      receipt({ gatewayId: 'unknown' }),
      receipt({}),
    );
    expect(await matchReceipts(world)).toBeGreaterThanOrEqual(3);
    expect(
      await world.query('SELECT count(*)::int AS n FROM receipt WHERE matched_at IS NULL AND tries > 0'),
    ).not.toEqual([{ n: 0 }]);
  });
});

describe('a receipt that says nobody has the number', () => {
  it('retires it once, and reports it', async () => {
    const batchId = await sent(2);
    const { reference, to } = await line(batchId, 0);
    const bad = {
      reference,
      to,
      state: 'UNDELIVERED',
      code: 'UNKNOWN_SUBSCRIBER',
      numberIsBad: true,
    } as const;
    await tell(receipt(bad), receipt(bad));
    await matchReceipts(world);
    const people = await world.query(
      `SELECT m.seq, c.id, c.retired_at IS NOT NULL AS retired, c.number_state AS state
         FROM message m JOIN contact c ON c.id = m.contact_id WHERE m.batch_id = $1 ORDER BY m.seq`,
      [batchId],
    );
    expect(people).toMatchObject([
      { retired: true, state: 'NUMBER_INVALID' },
      { retired: false, state: null },
    ]);
    const news = await world.query(
      `SELECT details FROM audit_entry WHERE action = 'contact.number-retired' AND subject = $1`,
      [people[0]?.['id']],
    );
    expect(news).toEqual([{ details: { why: 'unknown-subscriber' } }]);
  });

  it('retires nobody for mere non-delivery', async () => {
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    await tell(receipt({ reference, to, state: 'UNDELIVERED', code: 'HANDSET_OFF' }));
    await matchReceipts(world);
    const [person] = await world.query(
      'SELECT c.retired_at FROM message m JOIN contact c ON c.id = m.contact_id WHERE m.batch_id = $1',
      [batchId],
    );
    expect(person).toEqual({ retired_at: null });
  });

  it('finds its message after a number change', async () => {
    const batchId = await sent(1);
    const { reference, to } = await line(batchId, 0);
    await world.query(
      `UPDATE contact SET phone_index = decode(md5(id::text), 'hex'), number_version = 2
        WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1)`,
      [batchId],
    );
    await tell(receipt({ reference, to }));
    await matchReceipts(world);
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
  });
});
