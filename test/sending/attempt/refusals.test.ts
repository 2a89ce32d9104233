import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Call, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import {
  REFUSED_ALIKE,
  REFUSED_IN_A_ROW,
  Refusals,
  refusalsOf,
} from '../../../src/sending/attempt/outcome-of-answer.ts';
import { aCall } from '../../gateways/sandbox/support.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { refused, taken } from '../gateway/scripted-gateway.ts';

const to = (person: number): Call =>
  aCall({ recipients: [{ to: `+33639980${String(person).padStart(3, '0')}`, reference: `msg_${person}` }] });
const unlisted = (code: string): SubmitResult => ({ kind: 'REFUSED', errorClass: 'UNLISTED', code });

describe('one person who is refused for a reason that nobody knows', () => {
  it('never counts as the account', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.nat(3), (isTheOne, code) => {
        const refusals = new Refusals();
        for (const [person, isRefused] of isTheOne.entries()) {
          const [call, said] = isRefused ? [to(0), unlisted(String(code))] : [to(person + 1), taken(aCall())];
          expect(refusals.read(call, said)).toEqual(said);
          expect(refusals.isOfAccount(call, said)).toBe(false);
        }
      }),
    );
  });

  it('never counts while others are accepted between', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(REFUSED_ALIKE - 1), { maxLength: 60 }), (runs) => {
        const refusals = new Refusals();
        let person = 0;
        for (const run of runs) {
          for (let n = 0; n < run; n += 1) {
            person += 1;
            expect(refusals.isOfAccount(to(person), unlisted('199'))).toBe(false);
          }
          refusals.read(to(person), taken(aCall()));
        }
      }),
    );
  });
});

describe('an account that is refused', () => {
  it('is known by the fifth person refused alike', () => {
    const refusals = new Refusals();
    const told = Array.from({ length: REFUSED_ALIKE }, (_, n) =>
      refusals.isOfAccount(to(n), unlisted('199')),
    );
    expect(told).toEqual([false, false, false, false, true]);
    // Begun again after a person has seen to it.
    expect(refusals.isOfAccount(to(9), unlisted('199'))).toBe(false);
  });

  it('is known by the twentieth person', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: REFUSED_IN_A_ROW, maxLength: 40 }), (codes) => {
        const refusals = new Refusals();
        const told = codes.map((code, n) => refusals.isOfAccount(to(n), unlisted(code)));
        expect(told.indexOf(true)).toBeGreaterThanOrEqual(REFUSED_ALIKE - 1);
        expect(told.indexOf(true)).toBeLessThan(REFUSED_IN_A_ROW);
      }),
    );
  });
});

const s = await aScriptedWorld();
beforeEach(async () => {
  await s.calm();
  refusalsOf(s.gateway).read(to(0), taken(to(0)));
});

const parked = async (): Promise<unknown> =>
  (await s.world.query('SELECT status, parked_because, parked_code FROM campaign'))[0];

describe('a campaign', () => {
  it('goes on when one person is refused', async () => {
    const batchId = await s.world.shard(30);
    s.gateway.script = (call) =>
      call.recipients[0]?.reference.endsWith('_7') === true
        ? { ...unlisted('199'), words: 'This destination is not open on your account.' }
        : taken(call);
    for (let turn = 0; turn < 3; turn += 1) await s.send(batchId);

    expect(await s.world.states(batchId)).toEqual({ accepted: 29, failed: 1 });
    expect(await parked()).toMatchObject({ status: 'running' });
    const said = await s.world.query(
      `SELECT m.seq, m.reason, u.operator_code, u.operator_words FROM message m JOIN submission u ON u.id = m.submission_id
        WHERE m.batch_id = $1 AND m.state = 'failed'`,
      [batchId],
    );
    expect(said).toEqual([
      {
        seq: 7,
        reason: 'REFUSED_BY_OPERATOR',
        operator_code: '199',
        operator_words: 'This destination is not open on your account.',
      },
    ]);
  });

  it('is parked with its code after several refusals', async () => {
    const batchId = await s.world.shard(100);
    s.gateway.script = () => unlisted('199');
    const plan = await s.send(batchId);

    expect(plan).toMatchObject({ kind: 'wait', state: 'parked' });
    expect(await parked()).toEqual({ status: 'parked', parked_because: 'CONFIG', parked_code: '199' });
    // Twenty seats were on their way when the fifth was refused.
    expect((await s.world.states(batchId))['failed']).toBeLessThanOrEqual(REFUSED_ALIKE + 20);
  });

  it('resumes with other people first', async () => {
    const batchId = await s.world.shard(60);
    const isTheOne = (call: Call): boolean => call.recipients[0]?.reference.endsWith('_0') === true;
    s.gateway.script = (call) => (isTheOne(call) ? refused('CONFIG') : refused('THROTTLED'));
    await s.send(batchId);
    expect(await parked()).toMatchObject({ status: 'parked', parked_because: 'CONFIG' });

    await s.calm();
    await s.world.query(
      `UPDATE message SET not_before = now() - interval '1 second' WHERE not_before IS NOT NULL`,
    );
    await s.world.query(`UPDATE message SET not_before = NULL WHERE batch_id = $1 AND seq > 0`, [batchId]);
    s.gateway.script = (call) => (isTheOne(call) ? refused('CONFIG') : taken(call));
    for (let turn = 0; turn < 3; turn += 1) await s.send(batchId);

    expect(s.gateway.calls.findIndex(({ call }) => isTheOne(call))).toBeGreaterThan(50);
    expect(await s.world.states(batchId)).toEqual({ accepted: 59, failed: 1 });
    expect(await parked()).toMatchObject({ status: 'running' });
  });
});
