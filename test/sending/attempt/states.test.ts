import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../src/base/random.ts';
import { endReady, own, type Ownership } from '../../../src/sending/batch/own.repository.ts';
import { lookAndMark } from '../../../src/sending/attempt/mark.repository.ts';
import { recordOutcomes, type Outcome } from '../../../src/sending/attempt/outcome.repository.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';
import { aCandidate, openLook } from './open-look.ts';

const STATES = [
  'ready',
  'submitting',
  'accepted',
  'delivered',
  'undelivered',
  'excluded',
  'failed',
  'expired',
  'uncertain',
] as const;
type State = (typeof STATES)[number];

const s = await aScriptedWorld();
await s.calm();
const batchId = await s.world.shard(STATES.length);
const people: string[] = (
  await s.world.query('SELECT contact_id FROM message WHERE batch_id = $1 ORDER BY seq', [batchId])
).map((row) => String(row['contact_id']));
const initial = await own(s.world.deps.ledger, s.world.tenantId, batchId);
if (initial === undefined) throw new Error('the batch cannot be owned');
let ownership = initial;

/** Puts one message into each state, each with a submission of its own where it must have one. */
async function reset(): Promise<string[]> {
  const ids = STATES.map(() => uuidV7(Date.now()));
  for (const [seq, state] of STATES.entries()) {
    const reason = ['excluded', 'failed', 'expired', 'uncertain'].includes(state) ? 'TEST' : null;
    const submission = ['ready', 'excluded', 'expired'].includes(state) ? null : ids[seq];
    await s.world.query(
      `UPDATE message SET state = $3, reason = $4, submission_id = $5, not_before = NULL WHERE batch_id = $1 AND seq = $2`,
      [batchId, seq, state, reason, submission],
    );
  }
  await s.world.query('DELETE FROM tally WHERE batch_id = $1', [batchId]);
  await s.world.query(
    `INSERT INTO tally SELECT tenant_id, batch_id, state, reason, 1 FROM message WHERE batch_id = $1`,
    [batchId],
  );
  return ids;
}

async function states(): Promise<State[]> {
  const rows = await s.world.query('SELECT state::text FROM message WHERE batch_id = $1 ORDER BY seq', [
    batchId,
  ]);
  return rows.map((row) => row['state'] as State);
}

/** Lists the states that changed. */
async function moves(act: (ids: string[]) => Promise<unknown>): Promise<Partial<Record<State, State>>> {
  const ids = await reset();
  await act(ids);
  expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  const after = await states();
  return Object.fromEntries(
    STATES.flatMap((state, seq) => (after[seq] === state ? [] : [[state, after[seq]]])),
  ) as Partial<Record<State, State>>;
}

const record = (outcomes: Outcome[]) =>
  recordOutcomes(
    s.world.deps.ledger,
    {
      tenantId: s.world.tenantId,
      batchId,
      accountId: s.world.accountId,
      lawNow: s.clock.now().toISO(),
      price: null,
    },
    outcomes,
  );

const accepted = (ids: readonly string[]): Outcome[] =>
  ids.map((submissionId, seq) => ({
    kind: 'accepted',
    seq,
    submissionId,
    gatewayId: submissionId,
    recipient: Buffer.alloc(0),
    firstByteAt: 1,
    answeredAt: 2,
  }));

const other =
  (kind: 'failed' | 'uncertain' | 'again' | 'unwritten') =>
  (ids: readonly string[]): Outcome[] =>
    ids.map((submissionId, seq) => ({ kind, seq, submissionId, reason: 'TEST', notBefore: 0 }));

const mark = (from: Ownership) => {
  const candidates = STATES.map((_, seq) => aCandidate(seq, people[seq] ?? ''));
  const look = openLook(s.world.accountId, s.clock);
  return lookAndMark(s.world.deps.ledger, from, { look, candidates });
};

const end = (state: 'excluded' | 'expired') =>
  s.world.database.withTenant(s.world.tenantId, (tx) =>
    endReady(tx, { batchId, state, reason: 'TEST', at: s.clock.now().toISO() }),
  );

describe('I5, the states of a message', () => {
  it('begin at the mark from ready alone', async () => {
    expect(await moves(() => mark(ownership))).toEqual({ ready: 'submitting' });
  });

  it('do not begin under an older epoch', async () => {
    expect(await moves(() => mark({ ...ownership, epoch: ownership.epoch - 1 }))).toEqual({});
  });

  it.each([
    ['accepted', accepted, { submitting: 'accepted', uncertain: 'accepted' }],
    ['refused for good', other('failed'), { submitting: 'failed', uncertain: 'failed' }],
    ['in doubt', other('uncertain'), { submitting: 'uncertain' }],
    ['to be tried again', other('again'), { submitting: 'ready', uncertain: 'ready' }],
    ['never written', other('unwritten'), { submitting: 'ready', uncertain: 'ready' }],
  ] as const)('move by an answer that says %s', async (_, outcomes, expected) => {
    expect(await moves((ids) => record(outcomes(ids)))).toEqual(expected);
    // Twice is as good as once.
    expect(
      await moves(async (ids) => {
        await record(outcomes(ids));
        await record(outcomes(ids));
      }),
    ).toEqual(expected);
  });

  it.each(['failed', 'uncertain', 'again', 'unwritten'] as const)(
    'do not move by another submission’s answer (%s)',
    async (kind) => {
      expect(await moves(() => record(other(kind)(STATES.map(() => randomUUID()))))).toEqual({});
    },
  );

  it('are not accepted by another submission’s answer', async () => {
    expect(await moves(() => record(accepted(STATES.map(() => randomUUID()))))).toEqual({});
  });

  it('end from ready alone', async () => {
    expect(await moves(() => end('excluded'))).toEqual({ ready: 'excluded' });
    expect(await moves(() => end('expired'))).toEqual({ ready: 'expired' });
  });

  it('become uncertain on takeover, from submitting only', async () => {
    expect(
      await moves(async () => {
        const owned = await own(s.world.deps.ledger, s.world.tenantId, batchId);
        if (owned !== undefined) ownership = owned;
      }),
    ).toEqual({ submitting: 'uncertain' });
  });

  it('end the same in any order of answers', async () => {
    const first = await moves(async (ids) => {
      await record(other('uncertain')(ids));
      await record(accepted(ids));
    });
    const second = await moves(async (ids) => {
      await record(accepted(ids));
      await record(other('uncertain')(ids));
    });
    expect(first).toEqual(second);
  });
});

describe('a batch that was done', () => {
  it('reopens when late proof returns somebody', async () => {
    await moves(async (ids) => {
      await s.world.query(`UPDATE batch SET state = 'done', next_action_at = NULL WHERE id = $1`, [batchId]);
      await record(other('again')(ids));
    });
    const [row] = await s.world.query('SELECT state, next_action_at FROM batch WHERE id = $1', [batchId]);
    expect(row?.['state']).toBe('open');
    expect(row?.['next_action_at']).not.toBeNull();
  });

  it('stays done when an answer changes nothing', async () => {
    await s.world.query(`UPDATE batch SET state = 'done' WHERE id = $1`, [batchId]);
    await moves((ids) => record(accepted(ids)));
    const [row] = await s.world.query('SELECT state FROM batch WHERE id = $1', [batchId]);
    expect(row?.['state']).toBe('done');
  });
});
