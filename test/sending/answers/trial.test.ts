import { beforeEach, describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../src/base/index.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import { sendAnswers } from '../../../src/sending/answers/answer-owed.ts';
import { taken } from '../gateway/scripted-gateway.ts';
import { aGate, aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';
import { answeringDeps, oweCode } from './owing.ts';
import { untilSent } from '../../support/until-sent.ts';

const s = await aScriptedWorld();
beforeEach(async () => {
  await s.calm();
  await s.world.query(`UPDATE batch SET state = 'done' WHERE kind = 'test'`);
  await s.world.query(`DELETE FROM import`);
  await s.world.query(`UPDATE tenant SET settings = '{}'`);
});

const newId = () => uuidV7(Date.now());
const campaign = (change: string) =>
  s.world.query(`UPDATE campaign SET ${change} WHERE id = $1`, [s.world.campaignId]);
const aListComesIn = (state: string) =>
  s.world.query(
    `INSERT INTO import (id, tenant_id, kind, state, source, actor, created_at)
     VALUES ($1, $2, 'suppressions', $3, 'default', 'key:test', now())`,
    [newId(), s.world.tenantId, state],
  );

/** The same worker, with an event once it has read what it will send. */
const meanwhile = (happens: () => Promise<unknown>): ChunkDeps => ({
  ...s.world.deps,
  composerOf: async (run, account) => {
    await happens();
    return s.world.deps.composerOf(run, account);
  },
});

/** Five people on whom a draft is tried, as one batch. */
async function aTrial(): Promise<string> {
  const batchId = await s.world.shard(5);
  await s.world.query(
    `UPDATE batch SET kind = 'test', test_of = campaign_id, campaign_id = NULL, shard = NULL, created_at = '2026-11-24T10:00:00+01:00' WHERE id = $1`,
    [batchId],
  );
  await s.world.query(`UPDATE campaign SET status = 'draft' WHERE id = $1`, [s.world.campaignId]);
  return batchId;
}

describe('a draft tried on five people', () => {
  it('is sent, and the trial is over', async () => {
    const batchId = await aTrial();
    expect((await untilSent(() => s.send(batchId))).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    expect(await s.world.query('SELECT state FROM batch WHERE id = $1', [batchId])).toEqual([
      { state: 'done' },
    ]);
  });

  it('skips people who said STOP', async () => {
    const batchId = await aTrial();
    await s.world.query(
      `UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN'
        WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 2)`,
      [batchId],
    );
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 4, excluded: 1 });
  });

  it('waits for the window like everybody else', async () => {
    const batchId = await aTrial();
    s.clock.startAt('2026-11-22T10:00:00+01:00');
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', because: { code: 'SUNDAY' } });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });

  it('waits while a suppression list is read', async () => {
    const batchId = await aTrial();
    const late = meanwhile(() => aListComesIn('queued'));
    expect((await s.send(batchId, { deps: late })).kind).toBe('wait');
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', because: { code: 'SUPPRESSIONS_UNREAD' } });
    await s.world.query(`DELETE FROM import`);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
  });

  it('is paused with its campaign', async () => {
    const batchId = await aTrial();
    const late = meanwhile(() => campaign(`status = 'paused'`));
    expect(await s.send(batchId, { deps: late })).toMatchObject({ because: { code: 'PAUSED' } });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
    await campaign(`status = 'running'`);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
  });

  it.each([
    ['is cancelled', `status = 'cancelled', ended_at = now()`],
    ['is finished', `status = 'finished', ended_at = now()`],
    ['says something else', 'revision = revision + 1'],
  ])('stays unsent once its campaign %s', async (_title, change) => {
    const batchId = await aTrial();
    await s.send(batchId, { deps: meanwhile(() => campaign(change)) });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });

  it('counts towards the tenant’s cap', async () => {
    await s.world.query(`UPDATE tenant SET settings = '{"frequency":{"marketing":{"perDay":1}}}'`);
    const [first, second] = [await aTrial(), await aTrial()];
    await s.world.query(
      `UPDATE message m SET contact_id = o.contact_id FROM message o WHERE m.batch_id = $1 AND o.batch_id = $2 AND o.seq = m.seq`,
      [second, first],
    );
    await s.send(first);
    await s.send(second);
    expect(await s.world.states(second)).toEqual({ excluded: 5 });
  });
});

describe('the answers of a tenant that tries a campaign', () => {
  const signal = new AbortController().signal;
  const turn = (more: Partial<ChunkDeps> = {}) =>
    sendAnswers({ ...answeringDeps(s.world), ...more }, { tenantId: s.world.tenantId, signal });
  const owe = (to: string) => oweCode(s.world, to);
  const purposes = () => s.gateway.calls.map(({ call }) => call.purpose);

  it('leave first, during a trial', async () => {
    const batchId = await aTrial();
    await owe('+33639980071');
    const gate = aGate();
    s.gateway.script = async (call) => {
      if (call.purpose === 'marketing') await gate.opened;
      return taken(call);
    };
    const sending = untilSent(turn);
    await expect.poll(() => purposes().length).toBe(6);
    expect(purposes()[0]).toBe('confirmation');
    await owe('+33639980072');
    await expect.poll(() => purposes().slice(6)).toEqual(['confirmation']);
    gate.open();
    expect((await sending).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
  });

  it('leave though a trial cannot be written', async () => {
    const batchId = await aTrial();
    await owe('+33639980073');
    const composerOf: ChunkDeps['composerOf'] = async (run, account) => {
      if (run.kind === 'test') throw new RangeError('unreadable');
      return answeringDeps(s.world).composerOf(run, account);
    };
    expect(await turn({ composerOf })).toMatchObject({
      kind: 'wait',
      because: { code: 'TRIAL_FAILED' },
      until: expect.stringContaining('10'),
    });
    expect(purposes()).toEqual(['confirmation']);
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });

  it('show when a waiting trial is looked at', async () => {
    const batchId = await aTrial();
    s.clock.startAt('2026-11-22T10:00:00+01:00');
    expect(await turn()).toMatchObject({
      kind: 'wait',
      state: 'waiting-window',
      waitMs: 600_000,
      nextActionAt: expect.stringMatching(/^2026-11-22T09:10:0/),
      because: { code: 'SUNDAY', ruleId: 'WIN-02' },
      rule: expect.stringContaining('WIN-02'),
      until: 'dimanche 22 novembre 2026 à 10h10, heure de Paris',
    });
    const kept = await s.world.query('SELECT iso(next_action_at) AS at FROM batch WHERE id = $1', [batchId]);
    expect(kept).toEqual([{ at: '2026-11-23T07:00:00.000Z' }]);
  });

  it('wait no longer than a trial does', async () => {
    await aTrial();
    s.clock.startAt('2026-11-23T07:55:00+01:00');
    expect(await turn()).toMatchObject({
      nextActionAt: '2026-11-23T07:00:00.000Z',
      until: 'lundi 23 novembre 2026 à 08h00, heure de Paris',
    });
  });

  it('outlast a trial that missed its day', async () => {
    const batchId = await aTrial();
    await campaign(`status = 'paused'`);
    s.clock.startAt('2026-11-25T09:59:59+01:00');
    expect(await turn()).toMatchObject({ kind: 'wait', because: { code: 'PAUSED' } });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
    s.clock.startAt('2026-11-25T10:00:00+01:00');
    expect((await turn()).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ expired: 5 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });
});
