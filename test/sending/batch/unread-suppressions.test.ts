import { describe, expect, it } from 'vitest';
import { cancelImport, receiveImport } from '../../../src/people/import/import-reception.ts';
import { ReaderStopped } from '../../../src/reading/file-serving.ts';
import { parkedWhenStopped } from '../../../src/people/import/import-step.ts';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { rowsOf } from '../../people/import/importing.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const send = (batchId: string) => sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });

async function received(kind: 'suppressions' | 'contacts', ...rows: string[]): Promise<string> {
  const deps = { database: world.database, keys: world.keys, clock, newId: () => uuidV7(Date.now()) };
  const upload = { kind, options: {}, source: 'default', actor: 'key:test', bytes: rowsOf(...rows) };
  return (await receiveImport(deps, upload)).id;
}
const read = (importId: string) =>
  readImport(
    { database: world.database, clock, keysOf: () => Promise.resolve(world.keys) },
    { tenantId: world.tenantId, importId },
  );

/** Counts open transactions of this database that began before a moment. */
async function begunBefore(moment: string): Promise<number> {
  const [row] = await world.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start < $1::timestamptz`,
    [moment],
  );
  return Number(row?.['n']);
}

describe('a list of people who left', () => {
  it('blocks everything until it is read', async () => {
    const batchId = await world.shard(3);
    const importId = await received('suppressions', 'telephone', (await world.phones(batchId))[1] ?? '');
    const plan = await send(batchId);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'SUPPRESSIONS_UNREAD' } });
    expect(await world.states(batchId)).toEqual({ ready: 3 });

    await read(importId);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2, excluded: 1 });
  });

  it('received during a campaign stops it', async () => {
    const batchId = await world.shard(300);
    const sending = send(batchId);
    await expect.poll(() => world.states(batchId)).toHaveProperty('accepted');
    const importId = await received('suppressions', 'telephone', '+33639980000');
    // A mark that took its snapshot before may still be on its way to the disk.
    const [row] = await world.query('SELECT clock_timestamp()::text AS now');
    await expect.poll(() => begunBefore(String(row?.['now']))).toBe(0);
    const marked = await world.query(
      `SELECT count(*)::int AS n FROM message WHERE batch_id = $1 AND state <> 'ready'`,
      [batchId],
    );
    await sending;
    const { accepted = 0, ready = 0 } = await world.states(batchId);
    expect([accepted, ready]).toEqual([marked[0]?.['n'], 300 - Number(marked[0]?.['n'])]);
    expect(ready).toBeGreaterThan(0);
    await read(importId);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 300 });
  });

  it('that is parked names its import and cure', async () => {
    const batchId = await world.shard(2);
    const importId = await received('suppressions', 'telephone', '+33639980000');
    for (let stop = 0; stop < 2; stop += 1)
      await parkedWhenStopped(
        { database: world.database, clock },
        { tenantId: world.tenantId, importId },
        () => Promise.reject(new ReaderStopped(2)),
      );
    const { because } = await send(batchId);
    expect(because.code).toBe('SUPPRESSIONS_PARKED');
    expect(because.text).toEqual({
      fr: expect.stringMatching(new RegExp(String.raw`${importId}.* renvoyez le fichier corrigé`)),
      en: expect.stringMatching(new RegExp(String.raw`${importId}.* send the corrected file`)),
    });
    expect(await world.states(batchId)).toEqual({ ready: 2 });
    await world.database.withTenant(world.tenantId, (tx) =>
      cancelImport(tx, { clock }, { importId, actor: 'key:test', acceptsUnread: true }),
    );
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2 });
  });

  it('of people who agreed holds nothing back', async () => {
    const batchId = await world.shard(2);
    await received('contacts', 'telephone', '+33639980000');
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2 });
  });
});
