import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../../src/database/cipher.ts';
import { KeyRing } from '../../../src/database/key-ring.ts';
import { uuidV7 } from '../../../src/database/uuid-v7.ts';
import { Vault } from '../../../src/database/vault.ts';
import type { ReceiptEvent } from '../../../src/gateways/gateway.ts';
import { sendChunk } from '../../../src/messages/chunk.ts';
import { keepAllReceipts, matchReceipts, type ReceiptDeps } from '../../../src/messages/match-receipts.ts';
import { tallyDiffers } from '../../messages/scripted-world.ts';
import { aDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { aSubject, type Subject } from '../conformance/subject.ts';
import type { Ending, TakenMessage } from '../fakes/fake-operator.ts';

const LONG = `Maison Lumière : ${'toute la collection à -20 % ce mois-ci en boutique. '.repeat(7)}{stop}`;
const signal = new AbortController().signal;
const clock = new ShiftedClock();
let smpp: Subject;
let world: SendWorld;
let deps: ReceiptDeps;

beforeAll(async () => {
  smpp = await aSubject('smpp');
  world = await aSendWorld(await aDatabase(), smpp, clock);
  const vault = new Vault(new KeyRing([keyOf(1, world.ringKey)], 1));
  deps = { database: world.database, vault, clock, newId: () => uuidV7(Date.now()) };
  await world.query(`UPDATE gateway_account SET kind = 'smpp'`);
  const sealed = world.keys.seal({ table: 'campaign', column: 'sealed', row: world.campaignId }, LONG);
  await world.query('UPDATE campaign SET sealed = $1', [sealed]);
  smpp.gateway.hear?.((events) =>
    keepAllReceipts(
      deps,
      world.accountId,
      events.filter((event): event is ReceiptEvent => event.kind === 'receipt'),
    ),
  );
});
afterAll(async () => {
  await world.close();
  await smpp.close();
});
beforeEach(async () => {
  await world.query('DELETE FROM receipt');
  smpp.fake.log.length = 0;
});

const send = async (): Promise<string> => {
  const batchId = await world.shard(1);
  await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
  return batchId;
};

/** A message of three parts or more, on its way at the operator. */
async function sent(): Promise<{ batchId: string; message: TakenMessage; ids: readonly string[] }> {
  const batchId = await send();
  const [message] = smpp.fake.log;
  if (message === undefined) throw new Error('nothing was sent');
  const { partIds: ids = [] } = message;
  expect(ids.length).toBe(3);
  return { batchId, message, ids };
}

const tell = async (message: TakenMessage, id: string | undefined, ending: Ending): Promise<void> => {
  if (id === undefined) throw new Error('there is no such part');
  expect(await smpp.fake.tell(smpp.fake.manners.receipt({ ...message, id }, ending))).toBe(200);
};
const match = async (): Promise<void> => {
  await matchReceipts(deps);
};
/** As often as a receipt is tried before its number is asked. */
const matchOften = async (): Promise<void> => {
  for (let tries = 0; tries < 5; tries += 1) {
    await world.query('UPDATE receipt SET next_try_at = now() WHERE matched_at IS NULL');
    await match();
  }
};
const state = async (batchId: string): Promise<unknown> => {
  expect(await tallyDiffers(world, batchId)).toEqual([]);
  return (await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1', [batchId]))[0];
};
const waiting = () => world.query('SELECT 1 FROM receipt WHERE matched_at IS NULL');

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
  it.each(ORDERS)('is delivered once parts %i, %i and %i all are', async (...order) => {
    const { batchId, message, ids } = await sent();
    for (const [told, at] of order.entries()) {
      expect(await state(batchId)).toEqual(ACCEPTED);
      await tell(message, ids[at], 'delivered');
      await match();
      expect(await waiting(), `after ${told + 1}`).toEqual([]);
    }
    expect(await state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered when its receipts are matched at once', async () => {
    const { batchId, message, ids } = await sent();
    for (const id of ids) await tell(message, id, 'delivered');
    await match();
    expect(await state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered when several match its receipts at a time', async () => {
    const { batchId, message, ids } = await sent();
    const [first, ...others] = ids;
    await tell(message, first, 'delivered');
    await match();
    const matching: Promise<void>[] = [];
    await world.query('BEGIN');
    try {
      await world.query('SELECT 1 FROM message WHERE batch_id = $1 FOR UPDATE', [batchId]);
      for (const id of others) {
        await tell(message, id, 'delivered');
        matching.push(match());
        await expect.poll(() => locked(), { timeout: 20_000 }).toBe(matching.length);
      }
    } finally {
      await world.query('COMMIT');
    }
    await Promise.all(matching);
    expect(await state(batchId)).toEqual(DELIVERED);
  });

  const locked = async (): Promise<number> => {
    await world.query('SELECT pg_stat_clear_snapshot()');
    const rows = await world.query(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rows.length;
  };

  it.each([0, 1, 2])('is undelivered as soon as part %i is, whatever comes after', async (at) => {
    const { batchId, message, ids } = await sent();
    const others = ids.filter((_, place) => place !== at);
    await tell(message, others[0], 'delivered');
    await tell(message, ids[at], 'undelivered');
    await match();
    const failed = { state: 'undelivered', reason: 'UNDELIV_3' };
    expect(await state(batchId)).toEqual(failed);
    await tell(message, others[1], 'delivered');
    await match();
    expect(await state(batchId)).toEqual(failed);
    expect(await waiting()).toEqual([]);
  });

  it('stays accepted while the receipt of one part never comes', async () => {
    const { batchId, message, ids } = await sent();
    await tell(message, ids[0], 'delivered');
    await tell(message, ids[2], 'delivered');
    // A part told twice is no other part.
    await tell({ ...message, heldUntil: message.heldUntil + 60_000 }, ids[2], 'delivered');
    await matchOften();
    expect(await state(batchId)).toEqual(ACCEPTED);
    expect(await waiting()).toEqual([]);
  });

  it('that bears another number is none of ours', async () => {
    const { batchId, message, ids } = await sent();
    for (const id of ids) await tell({ ...message, to: '+33639989999' }, id, 'delivered');
    await match();
    expect(await state(batchId)).toEqual(ACCEPTED);
  });
});

describe('a message in three parts whose answers were lost', () => {
  it('is delivered by its number once three receipts are there', async () => {
    smpp.fake.failures.push('silent-after', 'silent-after', 'silent-after');
    const batchId = await send();
    expect(await state(batchId)).toEqual({ state: 'uncertain', reason: 'TIMEOUT' });
    const [message] = smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    const { partIds: ids = [] } = message;
    for (const [told, id] of ids.entries()) {
      await tell(message, id, 'delivered');
      await matchOften();
      expect(await state(batchId)).toMatchObject({ state: told === 2 ? 'delivered' : 'uncertain' });
    }
  });

  it('is delivered by its number after its process died', async () => {
    const { batchId, message, ids } = await sent();
    await world.query('DELETE FROM acceptance WHERE batch_id = $1', [batchId]);
    await world.query(`UPDATE message SET state = 'uncertain', reason = 'DIED' WHERE batch_id = $1`, [
      batchId,
    ]);
    await world.query('DELETE FROM tally WHERE batch_id = $1', [batchId]);
    await world.query(
      `INSERT INTO tally (tenant_id, batch_id, state, reason, delta) VALUES ($1, $2, 'uncertain', 'DIED', 1)`,
      [world.tenantId, batchId],
    );
    for (const [told, id] of ids.entries()) {
      await tell(message, id, 'delivered');
      await matchOften();
      expect(await state(batchId)).toMatchObject({ state: told === 2 ? 'delivered' : 'uncertain' });
    }
  });

  it('of which one part was refused is not delivered by the others', async () => {
    smpp.fake.failures.push('throttled');
    const batchId = await send();
    expect(await state(batchId)).toEqual({ state: 'uncertain', reason: 'IN-PART' });
    const ids = (await world.query('SELECT gateway_id AS id FROM acceptance WHERE batch_id = $1', [batchId]))
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
    for (const id of ids) await tell(message, id, 'delivered');
    await matchOften();
    expect(await state(batchId)).toEqual({ state: 'uncertain', reason: 'IN-PART' });
  });

  it('is accepted once the late answers of all are there', async () => {
    smpp.fake.settings.latencyMs = 2_500;
    const batchId = await send();
    expect(await state(batchId)).toEqual({ state: 'uncertain', reason: 'TIMEOUT' });
    smpp.fake.settings.latencyMs = 0;
    await expect
      .poll(async () => (await world.query('SELECT 1 FROM receipt')).length, { timeout: 20_000 })
      .toBe(3);
    await match();
    expect(await state(batchId)).toEqual(ACCEPTED);
    const [message] = smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    for (const id of message.partIds ?? []) await tell(message, id, 'delivered');
    await match();
    expect(await state(batchId)).toEqual(DELIVERED);
  });
});
