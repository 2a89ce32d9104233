import { describe, expect, it } from 'vitest';
import { lookAndMark, type MarkCandidate } from '../../../src/sending/attempt/mark.repository.ts';
import { recordOutcomes } from '../../../src/sending/attempt/outcome.repository.ts';
import { own, type Ownership } from '../../../src/sending/batch/own.repository.ts';
import { readReadyPage } from '../../../src/sending/batch/page.repository.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { aCandidate, openLook } from '../attempt/open-look.ts';

const s = await aScriptedWorld();
await s.calm();

const pages = (batchId: string): Promise<Record<string, unknown>[]> =>
  s.world.query('SELECT seq, (ctid::text::point)[0] AS page FROM message WHERE batch_id = $1 ORDER BY seq', [
    batchId,
  ]);

/** Marks all ready messages, one call each. */
async function marked(ownership: Ownership): Promise<readonly MarkCandidate[]> {
  const { clock, world } = s;
  const look = openLook(world.accountId, clock);
  const candidates = (await readReadyPage(world.deps.ledger, ownership, -1)).map(({ seq, contactId }) =>
    aCandidate(seq, contactId ?? ''),
  );
  await lookAndMark(world.deps.ledger, ownership, { look, candidates });
  return candidates;
}

async function accepted(batchId: string, candidates: readonly MarkCandidate[]): Promise<void> {
  const { tenantId, accountId, deps } = s.world;
  const where = { tenantId, batchId, accountId, lawNow: s.clock.now().toISO(), price: null };
  const outcomes = candidates.map(({ seq, submissionId }) => ({
    kind: 'accepted' as const,
    seq,
    submissionId,
    gatewayId: submissionId,
    recipient: Buffer.alloc(0),
    firstByteAt: 1,
    answeredAt: 2,
  }));
  await recordOutcomes(deps.ledger, where, outcomes);
}

describe('a campaign that is sent', () => {
  // So no index hears of a mark or an acceptance.
  it('moves no row off its page', async () => {
    const batchId = await s.world.shard(400);
    const ready = await pages(batchId);
    const ownership = await own(s.world.deps.ledger, s.world.tenantId, batchId);
    if (ownership === undefined) throw new Error('the batch cannot be owned');
    const candidates = await marked(ownership);
    expect(await s.world.states(batchId)).toEqual({ submitting: 400 });
    expect(await pages(batchId)).toEqual(ready);

    await accepted(batchId, candidates);
    expect(await s.world.states(batchId)).toEqual({ accepted: 400 });
    expect(await pages(batchId)).toEqual(ready);
  });

  it('keeps that space in every partition', async () => {
    await s.world.query(`SELECT make_message_partitions('2031-05-01', 1)`);
    const partitions = await s.world.query(
      `SELECT DISTINCT c.reloptions FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'message'::regclass`,
    );
    expect(partitions).toEqual([{ reloptions: ['fillfactor=30'] }]);
  });
});
