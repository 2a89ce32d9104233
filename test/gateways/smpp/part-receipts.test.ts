import { beforeEach, describe, expect, it } from 'vitest';
import { lockWaiters } from '../../support/lock-waiters.ts';
import type { TakenMessage } from '../fakes/fake-operator.ts';
import { aPartWorld, type SentMessage } from './part-world.ts';

const parts = await aPartWorld();
beforeEach(() => parts.forget());

/** A message of three parts, on its way at the operator. */
async function sent(): Promise<SentMessage> {
  const one = await parts.sent();
  expect(one.ids.length).toBe(3);
  return one;
}

const ACCEPTED = { state: 'accepted', reason: null };
const DELIVERED = { state: 'delivered', reason: null };
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

describe('a message in three parts over SMPP', () => {
  it.each(ORDERS)('is delivered once parts %i, %i, %i are', async (...order) => {
    const { batchId, message, ids } = await sent();
    for (const [told, at] of order.entries()) {
      expect(await parts.state(batchId)).toEqual(ACCEPTED);
      await parts.tell(message, ids[at], 'delivered');
      await parts.match();
      expect(await parts.waiting(), `after ${told + 1}`).toEqual([]);
    }
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered by receipts matched at once', async () => {
    const { batchId, message, ids } = await sent();
    for (const id of ids) await parts.tell(message, id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered by receipts matched concurrently', async () => {
    const { batchId, message, ids } = await sent();
    const [first, ...others] = ids;
    await parts.tell(message, first, 'delivered');
    await parts.match();
    const matching: Promise<void>[] = [];
    await parts.world.query('BEGIN');
    try {
      await parts.world.query('SELECT 1 FROM message WHERE batch_id = $1 FOR UPDATE', [batchId]);
      for (const id of others) {
        await parts.tell(message, id, 'delivered');
        matching.push(parts.match());
        await expect.poll(() => locked()).toBe(matching.length);
      }
    } finally {
      await parts.world.query('COMMIT');
    }
    await Promise.all(matching);
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  const locked = (): Promise<number> => lockWaiters((text) => parts.world.query(text));

  it.each([0, 1, 2])('is undelivered as soon as part %i is', async (at) => {
    const { batchId, message, ids } = await sent();
    const others = ids.filter((_, place) => place !== at);
    await parts.tell(message, others[0], 'delivered');
    await parts.tell(message, ids[at], 'undelivered');
    await parts.match();
    const failed = { state: 'undelivered', reason: 'UNDELIV_3' };
    expect(await parts.state(batchId)).toEqual(failed);
    await parts.tell(message, others[1], 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(failed);
    expect(await parts.waiting()).toEqual([]);
  });

  it('stays accepted while one receipt is missing', async () => {
    const { batchId, message, ids } = await sent();
    await parts.tell(message, ids[0], 'delivered');
    await parts.tell(message, ids[2], 'delivered');
    // A part told twice is no other part.
    await parts.tell({ ...message, heldUntil: message.heldUntil + 60_000 }, ids[2], 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    expect(await parts.waiting()).toEqual([]);
  });

  it('that bears another number is none of ours', async () => {
    const { batchId, message, ids } = await sent();
    for (const id of ids) await parts.tell({ ...message, to: '+33639989999' }, id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
  });
});

describe('a message in three parts whose answers were lost', () => {
  it('is delivered by number after three receipts', async () => {
    parts.smpp.fake.failures.push('silent-after', 'silent-after', 'silent-after');
    const batchId = await parts.send();
    expect(await parts.state(batchId)).toEqual({ state: 'uncertain', reason: 'TIMEOUT' });
    const [message] = parts.smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    const { partIds: ids = [] } = message;
    for (const [told, id] of ids.entries()) {
      await parts.tell(message, id, 'delivered');
      await parts.matchOften();
      expect(await parts.state(batchId)).toMatchObject({ state: told === 2 ? 'delivered' : 'accepted' });
    }
  });

  it('is delivered by number after its process died', async () => {
    const { batchId, message, ids } = await parts.died();
    for (const [told, id] of ids.entries()) {
      await parts.tell(message, id, 'delivered');
      await parts.matchOften();
      expect(await parts.state(batchId)).toMatchObject({ state: told === 2 ? 'delivered' : 'accepted' });
    }
  });

  it('is not delivered after a refused part', async () => {
    parts.smpp.fake.failures.push('throttled');
    const batchId = await parts.send();
    expect(await parts.state(batchId)).toEqual({ state: 'uncertain', reason: 'IN-PART' });
    const ids = (
      await parts.world.query('SELECT gateway_id AS id FROM acceptance WHERE batch_id = $1', [batchId])
    )
      .map(({ id }) => String(id))
      .filter((id) => !id.startsWith('key:'));
    expect(ids).toHaveLength(2);
    const message: TakenMessage = {
      id: '0',
      key: undefined,
      to: '',
      from: 'LUMIERE',
      text: '',
      parts: 3,
      at: Date.now(),
      heldUntil: Date.now(),
    };
    for (const id of ids) await parts.tell(message, id, 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
  });

  it('is accepted once all late answers came', async () => {
    parts.smpp.fake.settings.latencyMs = 2_500;
    const batchId = await parts.send();
    expect(await parts.state(batchId)).toEqual({ state: 'uncertain', reason: 'TIMEOUT' });
    parts.smpp.fake.settings.latencyMs = 0;
    await expect.poll(async () => (await parts.world.query('SELECT 1 FROM receipt')).length).toBe(3);
    await parts.match();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    const [message] = parts.smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    for (const id of message.partIds ?? []) await parts.tell(message, id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });
});
