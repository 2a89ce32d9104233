import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { keepAllReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { takingOf } from '../../../src/sending/replies/reply-taking.ts';
import { replySettler, barFirst, barSender } from '../../../src/sending/replies/take-reply.ts';
import { inboxWork } from '../../../src/gateways/receiving/read-kept.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
let last = 39_980_100;

const world = await aSendWorld(await anOperator(clock), clock);

const account = () => ({ id: world.accountId, acknowledgesStop: false });
const settle = () => replySettler(world, account)();

/** A STOP of which only the suppression is kept. */
async function barred(): Promise<{ readonly id: string; readonly index: Buffer }> {
  const from = `+336${(last += 1)}`;
  const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' };
  const told = { event, id: world.newId(), receivedAt: clock.now().toISO(), simulated: true };
  await world.database.outside((tx) => barSender(tx, takingOf(world, account(), told)));
  return { id: told.id, index: world.keys.phoneIndex(from) };
}

const unexplained = (index: Buffer) =>
  world.query('SELECT scope FROM suppression WHERE phone_index = $1 AND event_id IS NULL', [index]);
const waits = async (id: string) =>
  (await world.query('SELECT 1 FROM inbound WHERE id = $1 AND settled_at IS NULL', [id])).length === 1;
const unreadable = (id: string) => world.query(`UPDATE inbound SET sealed = 'lost' WHERE id = $1`, [id]);
const readableAgain = (id: string) =>
  world.query(`UPDATE inbound SET settled_at = received_at WHERE id = $1`, [id]);

describe('a STOP stored without its effects', () => {
  it('takes effect though its account is gone', async () => {
    const { id, index } = await barred();
    const settleElsewhere = replySettler(world, () => undefined);
    // For a minute it is left to whoever took it, who has its account.
    expect([await settleElsewhere(), await waits(id)]).toEqual([0, true]);
    await world.query(`UPDATE inbound SET effective_at = effective_at - interval '1 minute' WHERE id = $1`, [
      id,
    ]);
    expect(await settleElsewhere()).toBe(1);
    expect(await unexplained(index)).toEqual([]);
    expect(await world.query('SELECT 1 FROM reply WHERE inbound_id = $1', [id])).toHaveLength(1);
    expect(await world.query('SELECT 1 FROM acknowledgement WHERE inbound_id = $1', [id])).toEqual([]);
  });

  it('takes effect behind an unreadable one', async () => {
    const [before, behind] = [await barred(), await barred()];
    await unreadable(before.id);
    await expect(settle()).rejects.toBeInstanceOf(Error);
    expect([await waits(before.id), await waits(behind.id)]).toEqual([true, false]);
    await readableAgain(before.id);
  });

  it('gives its event to all it suppressed', async () => {
    const { id, index } = await barred();
    await world.query(
      `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
       SELECT gen_random_uuid(), tenant_id, phone_index, 'appointment', since, source, recorded_at FROM suppression WHERE phone_index = $1`,
      [index],
    );
    expect(await settle()).toBe(1);
    expect(await waits(id)).toBe(false);
    expect(await unexplained(index)).toEqual([]);
  });

  it.each([
    ['waits for an unproven account, and proves it', null, 0],
    ['waits for nobody holding a proven account', '2026-01-01T00:00:00Z', 1],
  ])('%s', async (_, provenAt, settledMeanwhile) => {
    const { id } = await barred();
    await world.query('UPDATE gateway_account SET proven_at = $1, proven_how = $2, last_stop_at = NULL', [
      provenAt,
      provenAt && 'stop-received',
    ]);
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN');
    await holding.query('SELECT 1 FROM gateway_account FOR NO KEY UPDATE');
    expect(await settle()).toBe(settledMeanwhile);
    await holding.query('ROLLBACK');
    await holding.end();
    expect(await settle()).toBe(1 - settledMeanwhile);
    expect(await waits(id)).toBe(false);
    const noted = await world.query('SELECT 1 FROM gateway_account WHERE last_stop_at = proven_at');
    expect(noted).toHaveLength(1 - settledMeanwhile);
  });

  // Until its commit everybody else waits for that lock.
  it('locks its acknowledgement last', async () => {
    const { id } = await barred();
    await world.query(`
      CREATE FUNCTION holds_no_place() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM batch WHERE kind = 'acknowledgements' AND xmin = pg_current_xact_id()::xid) THEN
            RAISE EXCEPTION 'the place of the answer was taken before %', TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END $$`);
    for (const table of ['consent_event', 'contact', 'gateway_account', 'reply', 'suppression'])
      await world.query(
        `CREATE TRIGGER holds_no_place AFTER INSERT OR UPDATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION holds_no_place()`,
      );
    expect(await settle()).toBe(1);
    await world.query('DROP FUNCTION holds_no_place CASCADE');
    expect(await world.query('SELECT 1 FROM acknowledgement WHERE inbound_id = $1', [id])).toHaveLength(1);
  });

  it('blocks no receipt while it waits', async () => {
    const batchId = await world.shard(1);
    const { signal } = new AbortController();
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    const { id } = await barred();
    await unreadable(id);
    const [row] = await world.query('SELECT gateway_id FROM acceptance WHERE batch_id = $1', [batchId]);
    await keepAllReceipts(world, world.accountId, [
      { kind: 'receipt', identity: randomUUID(), state: 'DELIVERED', gatewayId: String(row?.['gateway_id']) },
    ]);
    await expect(
      inboxWork({ ...world, config: { gateways: [] } }, { byId: () => undefined })(),
    ).rejects.toBeInstanceOf(Error);
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
    await readableAgain(id);
  });
});

describe('a reply that was kept during an outage', () => {
  const WHOLE = { settled: true, barred: 0, answers: 1 };
  it.each([
    ['STOP', { settled: false, barred: 1, answers: 0 }, { settled: true, barred: 1, answers: 1 }],
    ['CONTACT', WHOLE, WHOLE],
  ])('suppresses first, with other effects after: %s', async (text, first, then) => {
    const from = `+336${(last += 1)}`;
    const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text };
    const told = { event, id: world.newId(), receivedAt: clock.now().toISO(), simulated: true };
    const found = async () => {
      const [row] = await world.query(
        `SELECT settled_at IS NOT NULL AS settled,
           (SELECT count(*)::int FROM suppression WHERE phone_index = $2) AS barred,
           (SELECT count(*)::int FROM acknowledgement WHERE inbound_id = i.id) AS answers FROM inbound i WHERE id = $1`,
        [told.id, world.keys.phoneIndex(from)],
      );
      return row;
    };
    const doors = { ...world, reserved: world.database };
    const { isNew, rest } = await barFirst(doors, account(), told);
    expect([isNew, await found()]).toEqual([true, first]);
    expect((await barFirst(doors, account(), told)).isNew).toBe(false);
    await rest?.();
    expect(await found()).toEqual(then);
  });
});
