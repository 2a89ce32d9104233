import { Client } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { batchLock } from '../../../src/sending/batch/own.repository.ts';
import { refused, slowly, taken } from '../gateway/scripted-gateway.ts';
import { aGate, aScriptedWorld } from '../pace/scripted-world.ts';

const s = await aScriptedWorld({ freeSlots: 10 });
beforeEach(() => s.calm());

const PARIS = { territory: 'FR', timeZone: 'Europe/Paris' };
const COLMAR = { territory: 'FR-68', timeZone: 'Europe/Paris' };
const REUNION = { territory: 'RE', timeZone: 'Indian/Reunion' };
const PAPEETE = { territory: 'PF', timeZone: 'Pacific/Tahiti' };
const NUKU_HIVA = { territory: 'PF', timeZone: 'Pacific/Marquesas' };
const POLYNESIA = { territory: 'PF', timeZone: 'Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier' };

/** Law instants of the marks of a batch. */
async function marks(batchId: string): Promise<number[]> {
  const rows = await s.world.query(
    `SELECT (extract(epoch FROM marked_at) * 1000)::float8 AS at FROM submission WHERE batch_id = $1 ORDER BY 1`,
    [batchId],
  );
  return rows.map((row) => Number(row['at']) + s.clock.offsetMs);
}

describe('I4, advertising', () => {
  it.each([
    ['leaves at eight in the morning', PARIS, '2026-11-24T08:00:00+01:00', 'accepted'],
    ['stays a second before eight in the morning', PARIS, '2026-11-24T07:59:58+01:00', 'ready'],
    ['leaves two seconds before eight in the evening', PARIS, '2026-11-24T19:59:57.500+01:00', 'accepted'],
    ['stays in the last second before eight', PARIS, '2026-11-24T19:59:59+01:00', 'ready'],
    ['stays at eight in the evening', PARIS, '2026-11-24T20:00:00+01:00', 'ready'],
    ['stays on a Sunday', PARIS, '2026-11-29T11:00:00+01:00', 'ready'],
    ['stays on Christmas Day', PARIS, '2026-12-25T11:00:00+01:00', 'ready'],
    ['leaves on Saint Stephen’s Day in Paris', PARIS, '2026-12-26T11:00:00+01:00', 'accepted'],
    ['stays on Saint Stephen’s Day in Colmar', COLMAR, '2026-12-26T11:00:00+01:00', 'ready'],
    ['leaves at five past eight in Réunion', REUNION, '2026-11-24T05:05:00+01:00', 'accepted'],
    ['stays at eight in the evening in Réunion', REUNION, '2026-11-24T17:00:00+01:00', 'ready'],
    ['stays on the abolition of slavery in Réunion', REUNION, '2027-12-20T10:00:00+01:00', 'ready'],
    ['stays at nine in Paris for Tahiti', PAPEETE, '2026-11-24T09:00:00+01:00', 'ready'],
    ['leaves at 19:30 in Tahiti', PAPEETE, '2027-04-14T19:30:00-10:00', 'accepted'],
    ['stays then for somebody in Nuku Hiva', NUKU_HIVA, '2027-04-14T19:30:00-10:00', 'ready'],
    ['stays then where nobody knows the island', POLYNESIA, '2027-04-14T19:30:00-10:00', 'ready'],
    ['stays an hour before eight there', POLYNESIA, '2027-04-14T19:00:00-10:00', 'ready'],
    ['leaves a minute sooner there', POLYNESIA, '2027-04-14T18:59:00-10:00', 'accepted'],
    ['leaves at eight, new time, in autumn', PARIS, '2026-10-26T08:00:00+01:00', 'accepted'],
    ['stays at eight, old time, in autumn', PARIS, '2026-10-26T08:00:00+02:00', 'ready'],
  ])('%s', async (...[, place, at, state]) => {
    const batchId = await s.world.shard(2, place);
    s.clock.startAt(at);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ [state]: 2 });
  });

  it('stops a second before the close', async () => {
    const batchId = await s.world.shard(1_000);
    s.gateway.script = slowly(30);
    s.clock.startAt('2026-11-24T19:59:57.600+01:00');
    await s.send(batchId);
    const at = await marks(batchId);
    expect(at.length).toBeGreaterThan(20);
    expect(at.length).toBeLessThan(1_000);
    // The moment is noted a little after the snapshot in which the mark began.
    expect(Math.max(...at)).toBeLessThan(Date.parse('2026-11-24T19:59:59.250+01:00'));
    expect(await s.world.states(batchId)).toEqual({ accepted: at.length, ready: 1_000 - at.length });
  });

  it('never crosses the close in a waiting mark', async () => {
    const batchId = await s.world.shard(5);
    const holder = new Client({ connectionString: s.world.appUrl });
    await holder.connect();
    const reading = s.world.deps.ledger.read.bind(s.world.deps.ledger);
    const { opened: held, open } = aGate();
    s.world.deps.ledger.read = async (...asked) => {
      const page = await reading(...asked);
      await holder.query('SELECT pg_advisory_lock($1)', [batchLock(batchId)]);
      s.world.deps.ledger.read = reading;
      open();
      return page;
    };
    s.clock.startAt('2026-11-24T19:59:58.300+01:00');
    const sending = s.send(batchId);
    await held;
    while (s.clock.now().toMillis() < Date.parse('2026-11-24T19:59:59.100+01:00')) {
      await new Promise((rested) => setTimeout(rested, 20));
    }
    await holder.query('SELECT pg_advisory_unlock($1)', [batchLock(batchId)]);
    await sending;
    await holder.end();
    const [row] = await s.world.query(
      `SELECT count(*)::int AS n FROM tally WHERE batch_id = $1 AND state = 'submitting'`,
      [batchId],
    );
    expect(row?.['n'], 'marks, also of what was put back').toBe(0);
    expect(s.gateway.calls).toHaveLength(0);
  });

  it('never crosses the close in a retry', async () => {
    const batchId = await s.world.shard(8);
    s.gateway.script = () => refused('THROTTLED', 2_000);
    s.clock.startAt('2026-11-24T19:59:57.500+01:00');
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait' });
    const tried = s.gateway.calls.length;
    expect(tried).toBeGreaterThan(0);
    await s.world.query(`UPDATE message SET not_before = NULL WHERE batch_id = $1`, [batchId]);
    s.gateway.script = taken;
    s.clock.startAt('2026-11-24T20:00:00.500+01:00');
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', state: 'waiting-window' });
    expect(s.gateway.calls).toHaveLength(tried);
    s.clock.startAt('2026-11-25T08:00:01+01:00');
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 8 });
  });

  it('stays unsent when the clock jumps meanwhile', async () => {
    const batchId = await s.world.shard(40);
    const only = s.gateway.reserve(9);
    s.gateway.script = async (call) => {
      await s.world.query('UPDATE instance SET clock_revision = 2');
      s.clock.startAt('2026-11-24T20:30:00+01:00');
      return taken(call);
    };
    await s.send(batchId);
    await s.world.query('UPDATE instance SET clock_revision = 1');
    for (const slot of only) slot.release();
    expect(await s.world.states(batchId)).toEqual({ accepted: 1, ready: 39 });
  });

  it('keeps each submission’s verdict', async () => {
    const batchId = await s.world.shard(20);
    await s.send(batchId);
    const rows = await s.world.query(
      `SELECT d.verdict, d.territory, d.time_zone, (extract(epoch FROM d.until) * 1000)::float8 AS until, (extract(epoch FROM s.marked_at) * 1000)::float8 AS at
         FROM submission s JOIN decision d ON d.id = s.decision_id WHERE s.batch_id = $1`,
      [batchId],
    );
    expect(rows).toHaveLength(20);
    for (const row of rows) {
      expect(row).toMatchObject({ verdict: 'allow', territory: 'FR', time_zone: 'Europe/Paris' });
      expect(Number(row['at']) + s.clock.offsetMs).toBeLessThan(Number(row['until']) - 1_000);
    }
  });

  it('expires everybody after its last moment', async () => {
    const batchId = await s.world.shard(6);
    await s.world.query(`UPDATE campaign SET expire_at = '2026-11-24T10:00:00+01:00' WHERE id = $1`, [
      s.world.campaignId,
    ]);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ expired: 6 });
  });
});
