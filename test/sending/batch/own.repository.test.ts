import { afterAll, describe, expect, it } from 'vitest';
import { lookAndMark } from '../../../src/sending/attempt/mark.repository.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { own } from '../../../src/sending/batch/own.repository.ts';
import { Ledger, LedgerUnavailable } from '../../../src/platform/database/ledger.ts';
import { cases } from '../../support/cases.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { sendAll } from '../../support/until-sent.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { aCandidate, openLook } from '../attempt/open-look.ts';

const ROUNDS = cases(300, 1_000);
const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);
const other = new Ledger({ url: world.appUrl, name: 'other worker' });
afterAll(() => other.close());

describe('I1, the fence between two attempts', () => {
  it(`lets no late mark pass, in ${ROUNDS} rounds`, async () => {
    const batchId = await world.shard(ROUNDS);
    const contacts = await world.query(
      'SELECT seq, contact_id FROM message WHERE batch_id = $1 ORDER BY seq',
      [batchId],
    );
    let ownership = await own(world.deps.ledger, world.tenantId, batchId);
    let late = 0;
    let taken = 0;
    for (const { seq, contact_id: contactId } of contacts) {
      if (ownership === undefined) throw new Error('the batch cannot be owned');
      const look = openLook(world.accountId, clock);
      const candidate = aCandidate(Number(seq), String(contactId));
      const [marked, next] = await Promise.all([
        lookAndMark(world.deps.ledger, ownership, { look, candidates: [candidate] }),
        own(other, world.tenantId, batchId),
      ]);
      taken += marked.taken.size;
      const left = await world.query(
        `SELECT count(*)::int AS n FROM message WHERE batch_id = $1 AND state = 'submitting'`,
        [batchId],
      );
      late += Number(left[0]?.['n']);
      ownership = next;
    }
    expect(late).toBe(0);
    // The race is real only if both sides win at times.
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(ROUNDS);
  });

  it('lets no mark with a lost answer pass', async () => {
    const batchId = await world.shard(3);
    const carriedOut = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();
    class LosesOne extends Ledger {
      override mark(...asked: Parameters<Ledger['mark']>): ReturnType<Ledger['mark']> {
        if (!asked[1].some(({ name }) => name === 'mark_lock')) return super.mark(...asked);
        // The server hears of it once everything that the attempt knows is recorded.
        late = carriedOut.promise.then(() => super.mark(...asked));
        return Promise.reject(new LedgerUnavailable('the answer was lost'));
      }
    }
    const loses = new LosesOne({ url: world.appUrl, name: 'loses' });
    const request = { tenantId: world.tenantId, batchId, signal: new AbortController().signal };
    await expect(sendChunk({ ...world.deps, ledger: loses }, request)).rejects.toThrow('the answer was lost');
    carriedOut.resolve();
    await late;
    await loses.close();
    expect(await world.states(batchId)).toEqual({ ready: 3 });
    await sendAll(world.deps, request);
    expect(await world.states(batchId)).toEqual({ accepted: 3 });
  });

  it('ignores what a third attempt has underway', async () => {
    const batchId = await world.shard(1);
    class Overtaken extends Ledger {
      override async mark(...asked: Parameters<Ledger['mark']>): ReturnType<Ledger['mark']> {
        const answer = await super.mark(...asked);
        if (asked[1].some(({ name }) => name === 'own_epoch')) {
          await own(other, world.tenantId, batchId);
          await world.query(
            `UPDATE message SET state = 'submitting', submission_id = contact_id WHERE batch_id = $1`,
            [batchId],
          );
        }
        return answer;
      }
    }
    const slow = new Overtaken({ url: world.appUrl, name: 'slow worker' });
    await own(slow, world.tenantId, batchId);
    await slow.close();
    expect(await world.states(batchId)).toEqual({ submitting: 1 });
  });
});
