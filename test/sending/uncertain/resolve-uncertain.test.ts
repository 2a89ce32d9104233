import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reconciled } from '../../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { concluded, resolutionPolicy } from '../../../src/sending/uncertain/resolve-uncertain.ts';
import { endedIn } from '../../../src/operations/compliance/compliance.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { aScriptedWorld, tallyDiffers, type ScriptedWorld } from '../pace/scripted-world.ts';

const PROVED_AFTER_MS = 400;
const clock = new ShiftedClock();

const operator = await anOperator(clock, { connections: 20 });
const world = await aSendWorld(operator, clock);
// The sandbox's own delay is its time-out: these tests wait for less.
Object.assign(resolutionPolicy, { absenceProvedAfterMs: () => PROVED_AFTER_MS });
beforeEach(() => operator.behave({ latencyMs: 5, failures: [] }));

/** Sends and asks until nothing more happens by itself. */
async function sendAll(batchId: string): Promise<void> {
  const signal = new AbortController().signal;
  for (let round = 0; round < 60; round += 1) {
    const plan = await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    if (plan.kind === 'done') return;
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 500)));
  }
}

async function arrivals(
  batchId: string,
): Promise<{ all: number; written: number; accepted: number; people: number }> {
  const log = (await operator.log()).filter(({ reference }) => reference.includes(batchId));
  const reached = log.filter(({ outcome }) => outcome === 'accepted');
  return {
    all: log.length,
    written: new Set(log.map(({ reference }) => reference)).size,
    accepted: reached.length,
    people: new Set(reached.map(({ reference }) => reference)).size,
  };
}

describe('I1, an answer that was lost', () => {
  it.each([
    ['the operator accepted and said 5xx', { kind: '5xx-after', next: 7 }],
    ['the operator said 5xx and took nothing', { kind: '5xx-before', next: 7 }],
    ['the connection was reset', { kind: 'reset', next: 7 }],
    ['some of each', { kind: '5xx-after', rate: 0.3 }],
  ])(
    'is looked up, and nobody receives twice: %s',
    async (_, failure) => {
      const batchId = await world.shard(40);
      await operator.behave({ latencyMs: 5, failures: [failure] });
      const signal = new AbortController().signal;
      await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
      await operator.behave({ latencyMs: 5, failures: [] });
      await sendAll(batchId);
      expect(await world.states(batchId)).toEqual({ accepted: 40 });
      expect(await arrivals(batchId)).toMatchObject({ accepted: 40, people: 40 });
      expect(await tallyDiffers(world, batchId)).toEqual([]);
    },
    30_000,
  );

  it('is found after a time-out', async () => {
    const batchId = await world.shard(12);
    await operator.behave({ latencyMs: 5, failures: [{ kind: 'timeout-after-accept', next: 3 }] });
    await sendAll(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 12 });
    expect(await arrivals(batchId)).toMatchObject({ all: 12, written: 12 });
  });
});

describe('an uncertain message', () => {
  let s: ScriptedWorld;
  let answer: Reconciled;
  let asked = 0;

  beforeAll(async () => {
    s = await aScriptedWorld({
      freeSlots: 10,
      capabilities: { lookup: 'by-key', requestTimeoutMs: 100, indexingDelayMs: 450 },
    });
    s.gateway.reconcile = async () => {
      asked += 1;
      return answer;
    };
  });
  beforeEach(async () => {
    await s.calm();
    asked = 0;
    answer = { kind: 'NOT_FOUND' };
  });

  const inDoubt = async (people: number): Promise<string> => {
    const batchId = await s.world.shard(people);
    const { script } = s.gateway;
    s.gateway.script = () => ({ kind: 'UNKNOWN', reason: 'timeout', firstByteAt: 1, answeredAt: 2 });
    const plan = await s.send(batchId);
    s.gateway.script = script;
    expect(plan.kind, 'asked about at once').toBe('send');
    return batchId;
  };

  /** An age at which "not found" is a proof. */
  const provedAbsent = (batchId: string) =>
    s.world.query(`UPDATE submission SET marked_at = marked_at - interval '850 ms' WHERE batch_id = $1`, [
      batchId,
    ]);

  it('is not resent before "not found" is proof', async () => {
    const batchId = await inDoubt(1);
    const plan = await s.send(batchId);
    expect(asked).toBe(1);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'UNCERTAIN' } });
    expect(plan.kind === 'wait' && plan.waitMs).toBeLessThanOrEqual(800);
    expect(await s.world.states(batchId)).toEqual({ uncertain: 1 });
    await provedAbsent(batchId);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 1 });
    expect(s.gateway.calls).toHaveLength(2);
  });

  it('not accepted says nothing of its call', async () => {
    const batchId = await inDoubt(2);
    const period = { from: '2026-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' };
    const ended = () => s.world.database.withTenant(s.world.tenantId, (tx) => endedIn(tx, period));
    const before = await ended();
    await provedAbsent(batchId);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 2 });
    expect(
      await s.world.query(
        `SELECT outcome, outcome_code AS code, not_taken AS seqs FROM submission WHERE batch_id = $1 AND not_taken IS NOT NULL ORDER BY seqs`,
        [batchId],
      ),
    ).toEqual([
      { outcome: 'unknown', code: 'TIMEOUT', seqs: [0] },
      { outcome: 'unknown', code: 'TIMEOUT', seqs: [1] },
    ]);
    const after = await ended();
    expect(after).toEqual({
      ...before,
      sentAgain: before.sentAgain + 2,
      stillUnknown: before.stillUnknown - 2,
    });
  });

  it('fails by that proof after a cancellation', async () => {
    const batchId = await inDoubt(1);
    await s.world.query(`UPDATE campaign SET status = 'cancelled', ended_at = '2026-11-24' WHERE id = $1`, [
      s.world.campaignId,
    ]);
    await provedAbsent(batchId);
    await s.send(batchId);
    expect(
      await s.world.query('SELECT state::text, reason FROM message WHERE batch_id = $1', [batchId]),
    ).toEqual([{ state: 'failed', reason: 'NOT_ACCEPTED' }]);
    expect(s.gateway.calls).toHaveLength(1);
  });

  it('delays nobody else', async () => {
    const batchId = await inDoubt(15);
    answer = { kind: 'UNDECIDABLE', reason: 'unreachable' };
    const plan = await s.send(batchId);
    expect(asked).toBeLessThanOrEqual(8);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'UNCERTAIN' } });
    expect(plan.kind === 'wait' && plan.waitMs).toBeLessThanOrEqual(2_000);
  });

  it('stays for a person where several answers fit', async () => {
    const batchId = await inDoubt(2);
    answer = { kind: 'UNDECIDABLE', reason: 'several' };
    expect(await s.send(batchId)).toMatchObject({ kind: 'done', because: { code: 'UNCERTAIN' } });
    expect(await s.world.states(batchId)).toEqual({ uncertain: 2 });
  });
});

const found = (reference: string): Reconciled => ({
  kind: 'FOUND',
  perRecipient: [{ to: '+336', reference, gatewayId: 'g' }],
  missing: [],
});

describe('the answer to a question about one message', () => {
  const row = { seq: 4, submissionId: 's', key: 'KEY' };
  const about = { proof: false, provedInMs: 3_000, reference: 'msg_b_4', open: true, machineMs: 9 };
  it.each<[string, Reconciled, typeof about, object]>([
    ['that it was taken', found('msg_b_4'), about, { kind: 'accepted', gatewayId: 'g' }],
    ['about somebody else', found('msg_b_5'), about, { againInMs: 3_000 }],
    ['that it is not found, too early', { kind: 'NOT_FOUND' }, about, { againInMs: 3_000 }],
    [
      'that it is not found, late enough',
      { kind: 'NOT_FOUND' },
      { ...about, proof: true },
      { kind: 'again' },
    ],
    [
      'that it is missing, for a finished campaign',
      { kind: 'NOT_FOUND' },
      { ...about, proof: true, open: false },
      { kind: 'failed', reason: 'NOT_ACCEPTED' },
    ],
    ['of nobody', { kind: 'UNDECIDABLE', reason: 'unreachable' }, about, { againInMs: 2_000 }],
    ['that nobody can give', { kind: 'UNDECIDABLE', reason: 'no-lookup' }, about, { againInMs: null }],
  ])('%s is concluded', (...[, answer, known, expected]) => {
    expect(concluded(row, answer, known)).toMatchObject(expected);
  });
});
