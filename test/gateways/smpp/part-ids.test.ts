import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptsIn } from '../../../src/operations/compliance/compliance.repository.ts';
import { byKeysAlone } from '../../../src/sending/receipts/receipt-effects.repository.ts';
import { readMessage } from '../../../src/sending/message/message.repository.ts';
import { sql } from 'kysely';
import { keysInDoubt } from '../../../src/sending/uncertain/uncertain.repository.ts';
import type { Habits } from '../conformance/subject.ts';
import { NIGHT } from '../../support/cases.ts';
import { aPartWorld, type PartWorld } from './part-world.ts';

const ACCEPTED = { state: 'accepted', reason: null };
const DELIVERED = { state: 'delivered', reason: null };
const SHORT = 'Maison Lumière : la collection est en boutique. {stop}';
let parts: PartWorld;

const at = (habits: Habits, text?: string): void => {
  beforeAll(async () => {
    parts = await aPartWorld(habits, text);
  });
  beforeEach(() => parts.forget());
};
const idsKept = async (batchId: string): Promise<unknown[]> =>
  (
    await parts.world.query('SELECT gateway_id AS id FROM acceptance WHERE batch_id = $1 ORDER BY part', [
      batchId,
    ])
  ).map(({ id }) => id);
/** Messages that a person may still call not accepted. */
const inDoubt = () => parts.world.database.withTenant(parts.world.tenantId, (tx) => keysInDoubt(tx, {}, 10));

describe('a long text that leaves as one message', () => {
  at({ account: { longTexts: 'message-payload' } });

  it('is delivered by its one receipt', async () => {
    const { batchId, message } = await parts.sent();
    await parts.tell(message, message.id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered by it after its process died', async () => {
    const { batchId, message } = await parts.died();
    await parts.tell(message, message.id, 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is accepted although an older build sent it', async () => {
    const { batchId, message } = await parts.died();
    await parts.world.query('UPDATE submission SET sent_parts = NULL WHERE batch_id = $1', [batchId]);
    await parts.tell(message, message.id, 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    expect(await inDoubt()).toEqual([]);
    expect(await parts.waiting()).toEqual([]);
  });
});

describe('a long text that takes a part more than was counted', () => {
  at({ account: { alphabet: 'utf-8' } }, `${'é'.repeat(290)}{stop}`);

  it('awaits every part sent after its process died', async () => {
    const { batchId, message, ids } = await parts.died();
    const [counted] = await parts.world.query('SELECT parts FROM message WHERE batch_id = $1', [batchId]);
    expect(ids.length).toBeGreaterThan(Number(counted?.['parts']));
    for (const [told, id] of ids.entries()) {
      await parts.tell(message, id, 'delivered');
      await parts.matchOften();
      expect(await parts.state(batchId)).toEqual(told === ids.length - 1 ? DELIVERED : ACCEPTED);
    }
  });
});

describe('a long text whose parts share one id', () => {
  at({ smpp: { sharedIds: true } });

  it('is delivered by the receipt of that id', async () => {
    const { batchId, message, ids } = await parts.sent();
    expect(ids).toHaveLength(3);
    expect(await idsKept(batchId)).toEqual([message.id]);
    await parts.tell(message, message.id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is delivered although one answer was lost', async () => {
    parts.smpp.fake.failures.push('silent-after');
    const { batchId, message } = await parts.sent();
    expect(await parts.state(batchId)).toEqual({ state: 'uncertain', reason: 'TIMEOUT' });
    await parts.tell(message, message.id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });

  it('is in no doubt after its process died', async () => {
    const { batchId, message } = await parts.died();
    await parts.tell(message, message.id, 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    expect(await inDoubt()).toEqual([]);
  });
});

describe('a long text whose answers carry no id', () => {
  at({ smpp: { withoutIds: true } });

  it('is found among the messages of its call', async () => {
    const { batchId } = await parts.sent();
    const { database, tenantId } = parts.world;
    const scans = await database.withTenant(tenantId, async (tx) => {
      await byKeysAlone(tx);
      expect(await readMessage(tx, { batchId, seq: 0 })).toMatchObject({
        submission: { id: expect.any(String) },
      });
      expect(
        await attemptsIn(tx, { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }, []),
      ).toHaveLength(1);
      return tx.first(sql<{ whole: number; byKey: number }>`
        SELECT seq_scan::int AS whole, idx_scan::int AS "byKey" FROM pg_stat_xact_user_tables WHERE relname = 'acceptance'`);
    });
    expect(scans).toMatchObject({ whole: 0 });
    expect(scans?.byKey).toBeGreaterThan(1);
  });

  it('is delivered by the receipts of its parts', async () => {
    const { batchId, message, ids } = await parts.sent();
    expect(ids).toHaveLength(3);
    for (const [told, id] of ids.entries()) {
      await parts.tell(message, id, 'delivered');
      await parts.matchOften();
      expect(await parts.state(batchId)).toEqual(told === 2 ? DELIVERED : ACCEPTED);
    }
  });
});

describe('a short text whose answer came late', () => {
  at({}, SHORT);

  it('is found by its id alone', async () => {
    parts.smpp.fake.settings.latencyMs = 2_500;
    const batchId = await parts.send();
    parts.smpp.fake.settings.latencyMs = 0;
    await expect.poll(async () => (await parts.world.query('SELECT 1 FROM receipt')).length).toBe(1);
    await parts.match();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    const [message] = parts.smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    expect(await idsKept(batchId)).toEqual([message.id]);
    await parts.tell(message, '4711', 'delivered');
    await parts.matchOften();
    expect(await parts.state(batchId)).toEqual(ACCEPTED);
    await parts.tell(message, message.id, 'delivered');
    await parts.match();
    expect(await parts.state(batchId)).toEqual(DELIVERED);
  });
});

/** Pairs of ids as one operator writes them in its answer and in its receipt. */
const RECEIPTED = {
  'decimal-then-hex': (answered: string) => BigInt(answered).toString(16).toUpperCase(),
  'hex-then-decimal': (answered: string) => BigInt(`0x${answered}`).toString(),
} as const;

describe.each(Object.entries(RECEIPTED))('an operator that writes ids %s', (messageIds, receipted) => {
  const when = messageIds === 'decimal-then-hex' ? {} : NIGHT;

  describe('of a short text', when, () => {
    at({ account: { messageIds } }, SHORT);

    it('is matched by the receipt of its id', async () => {
      const { batchId, message } = await parts.sent();
      await parts.tell(message, receipted(message.id), 'delivered');
      await parts.match();
      expect(await parts.state(batchId)).toEqual(DELIVERED);
    });

    it('is understood where its answer came late', async () => {
      parts.smpp.fake.settings.latencyMs = 2_500;
      const batchId = await parts.send();
      parts.smpp.fake.settings.latencyMs = 0;
      const late = async () => (await parts.world.query('SELECT 1 FROM receipt')).length;
      await expect.poll(late).toBe(1);
      await parts.match();
      const [message] = parts.smpp.fake.log;
      if (message === undefined) throw new Error('nothing was sent');
      await parts.tell(message, receipted(message.id), 'delivered');
      await parts.match();
      expect(await parts.state(batchId)).toEqual(DELIVERED);
    });
  });

  describe('of a long text', when, () => {
    at({ account: { messageIds } });

    it('is understood for each of its parts', async () => {
      const { batchId, message, ids } = await parts.sent();
      expect(ids).toHaveLength(3);
      for (const [told, id] of ids.entries()) {
        await parts.tell(message, receipted(id), 'delivered');
        await parts.match();
        expect(await parts.state(batchId)).toEqual(told === ids.length - 1 ? DELIVERED : ACCEPTED);
      }
    });
  });
});
