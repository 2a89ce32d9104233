import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Reconciler } from '../../src/temporal/reconciler.ts';
import { reasonToSeal, SealKeeper } from '../../src/temporal/seal.ts';
import { aWorld, signalsOf } from './world.ts';

const now = {
  system: '7001',
  timeline: '00000001',
  heartbeat: 50,
  sealId: null,
  sealed: false,
  everSent: true,
};
const copy = { system: '7001', timeline: '00000001', heartbeat: 49, sealId: null };

describe('a database that answers', () => {
  it.each([
    ['is the one that was there', [copy, copy], undefined],
    ['is trusted with one copy missing', [undefined, copy], undefined],
    ['is another cluster', [{ ...copy, system: '7002' }, undefined], 'cluster'],
    ['was restored to a point in time', [copy, { ...copy, timeline: '00000002' }], 'restored'],
    ['is older than what was sent from it', [{ ...copy, heartbeat: 51 }, undefined], 'older'],
    [
      'failed over while one host was away',
      [{ ...copy, timeline: '00000000', heartbeat: 3 }, copy],
      undefined,
    ],
    [
      'failed over while its last copy was away',
      [{ ...copy, timeline: '00000000', heartbeat: 50 }, copy],
      'restored',
    ],
    [
      'returned to an older timeline and copy',
      [copy, { ...copy, timeline: '00000002', heartbeat: 3 }],
      'restored',
    ],
    [
      'failed over with old and new copies',
      [
        { ...copy, timeline: '00000000', heartbeat: 3 },
        { ...copy, timeline: '00000000', heartbeat: 40 },
      ],
      'restored',
    ],
    [
      'is another cluster than an old copy’s',
      [{ ...copy, system: '7002', timeline: '00000000', heartbeat: 3 }, copy],
      'cluster',
    ],
    ['has sent, and both copies are missing', [undefined, undefined], 'missing'],
  ])('%s', (_what, copies, word) => {
    const why = reasonToSeal(now, copies);
    expect(why ?? '').toContain(word ?? '');
    expect(why === undefined).toBe(word === undefined);
  });

  it('that never sent is new', () => {
    expect(reasonToSeal({ ...now, everSent: false }, [undefined, undefined])).toBeUndefined();
  });
});

const world = await aWorld();
const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-seal-'));
const file = path.join(folder, 'seal.json');
const instance = async () => (await world.look('SELECT heartbeat::int, sealed, sealed_why FROM instance'))[0];
const rewrite = async (change: object): Promise<void> => {
  const [row] = await world.look(
    `SELECT system_identifier::text AS system, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline FROM pg_control_system()`,
  );
  await writeFile(file, JSON.stringify({ ...row, heartbeat: 0, ...change }));
};

describe('an instance', () => {
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => world.look('UPDATE instance SET sealed = false, sealed_why = NULL'));

  it('trusts nothing before it compared, then beats', async () => {
    await new Reconciler(world.deps).reconcile();
    const keeper = new SealKeeper(world.deps, folder);
    expect(keeper.doubt()).toBeDefined();
    await keeper.beat();
    expect(keeper.doubt()).toBeUndefined();
    expect(await instance()).toMatchObject({ heartbeat: 1, sealed: false });
    keeper.mistrust();
    expect(keeper.doubt()).toBeDefined();
  });

  it('sends nothing before Temporal keeps a copy', async () => {
    const deps = await world.withEmptyTemporal();
    await rm(file, { force: true });
    const keeper = new SealKeeper(deps, folder);
    await keeper.beat();
    expect(keeper.doubt()).toContain('Temporal');
    await new Reconciler(deps).reconcile();
    await keeper.beat();
    expect(keeper.doubt()).toBeUndefined();
    const second = new SealKeeper(deps, path.join(folder, 'second'));
    await second.beat();
    expect(second.doubt()).toBeUndefined();
  });

  it('is the same for two starting workers', async () => {
    const deps = await world.withEmptyTemporal();
    const first = new SealKeeper(deps, path.join(folder, 'first'));
    const { connection, client } = deps.temporal;
    const withDeadline: typeof connection.withDeadline = async (until, ask) => {
      await first.beat();
      const seal = await readFile(path.join(folder, 'first', 'seal.json'), 'utf8');
      await client.workflow.start('seal', {
        workflowId: 'instance/seal',
        taskQueue: 'nobody',
        workflowIdConflictPolicy: 'USE_EXISTING',
        memo: { seal },
      });
      return connection.withDeadline(until, ask);
    };
    const meanwhile = Object.assign(Object.create(connection), { withDeadline });
    const second = new SealKeeper(
      { ...deps, temporal: { ...deps.temporal, connection: meanwhile } },
      path.join(folder, 'other'),
    );
    await second.beat();
    expect(await instance()).toMatchObject({ sealed: false });
    expect(second.doubt()).toBeUndefined();
  });

  it('is sealed over an older database', async () => {
    await rewrite({ heartbeat: 1_000 });
    const keeper = new SealKeeper(world.deps, folder);
    await keeper.beat();
    const { heartbeat, sealed } = { ...(await instance()) };
    expect(sealed).toBe(true);
    await keeper.beat();
    expect(await instance()).toMatchObject({ heartbeat, sealed: true });
    await world.look('UPDATE instance SET sealed = false, sealed_why = NULL');
    await keeper.beat();
    expect(await instance()).toMatchObject({ heartbeat: Number(heartbeat) + 1, sealed: false });
    const restarted = new SealKeeper(world.deps, folder);
    await restarted.beat();
    expect(await instance()).toMatchObject({ sealed: false });
  });

  it('is sealed anew after restore or failover', async () => {
    const sealId = async () => (await world.look('SELECT seal_id FROM instance'))[0]?.['seal_id'];
    const compared = () => new SealKeeper(world.deps, folder).beat();
    await rewrite({ heartbeat: 1_000 });
    await compared();
    const first = await sealId();
    await compared();
    expect(await sealId()).toBe(first);
    await world.look('UPDATE instance SET sealed = false, sealed_why = NULL');
    await rewrite({ heartbeat: 0 });
    await compared();
    // From a backup of the time at which it was sealed.
    await world.look(`UPDATE instance SET sealed = true, sealed_why = 'older', heartbeat = heartbeat - 1`);
    await compared();
    const second = await sealId();
    expect(second).not.toBe(first);
    await compared();
    expect(await sealId()).toBe(second);
    // Another timeline, or another cluster.
    await world.look(`UPDATE instance SET sealed_as = '7 00000001'`);
    await compared();
    expect(await sealId()).not.toBe(second);
    expect(await instance()).toMatchObject({ sealed: true });
  });

  it('goes on when an absent host returns', async () => {
    const deps = await world.withEmptyTemporal();
    await rm(file, { force: true });
    await new SealKeeper(deps, path.join(folder, 'healthy')).beat();
    const { heartbeat } = { ...(await instance()) };
    expect(Number(heartbeat)).toBeGreaterThan(1);
    await deps.temporal.client.workflow.start('seal', {
      workflowId: 'instance/seal',
      taskQueue: 'nobody',
      memo: { seal: await readFile(path.join(folder, 'healthy', 'seal.json'), 'utf8') },
    });
    await rewrite({ timeline: '00000000', heartbeat: 1 });
    const late = new SealKeeper(deps, folder);
    await late.beat();
    expect(await instance()).toMatchObject({ sealed: false });
    expect(late.doubt()).toBeUndefined();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ heartbeat: Number(heartbeat) + 1 });
  });

  it('is sealed over another cluster until opened', async () => {
    const deps = await world.withEmptyTemporal();
    await new Reconciler(deps).reconcile();
    await rewrite({ system: '7' });
    const keeper = new SealKeeper(deps, folder);
    await keeper.beat();
    expect(await instance()).toMatchObject({ sealed: true, sealed_why: 'this is another database cluster' });
    expect(await signalsOf(deps, 'instance/seal')).toEqual([]);
    await world.look('UPDATE instance SET sealed = false, sealed_why = NULL');
    await keeper.beat();
    expect(JSON.parse(await readFile(file, 'utf8')).system).not.toBe('7');
    expect(await signalsOf(deps, 'instance/seal')).toEqual(['keepSeal']);
    await new SealKeeper(deps, folder).beat();
    expect(await instance()).toMatchObject({ sealed: false });
  });

  it('is sealed when no copy exists', async () => {
    await rm(file, { force: true });
    const deps = await world.withEmptyTemporal();
    await new SealKeeper(deps, folder).beat();
    expect(await instance()).toMatchObject({ sealed: false });
    await rm(file);
    await world.look(
      `INSERT INTO acceptance (account_id, gateway_id, tenant_id, batch_id, seq, submission_id, answered_at)
       SELECT $1, 'x', $1, $1, 1, $1, '2026-01-01'`,
      [world.tenantId],
    );
    await new SealKeeper(deps, folder).beat();
    expect(await instance()).toMatchObject({ sealed: true });
    await world.look('DELETE FROM acceptance');
  });

  it('is sealed by the copy in Temporal alone', async () => {
    const deps = await world.withEmptyTemporal();
    await new Reconciler(deps).reconcile();
    await new SealKeeper(deps, folder).beat();
    expect(await signalsOf(deps, 'instance/seal')).toEqual(['keepSeal']);
  });

  it('leaves no copy open that it wrote', async () => {
    await new SealKeeper(world.deps, path.join(folder, 'closed')).beat();
    const open = (await readdir('/proc/self/fd')).map((one) =>
      readlink(`/proc/self/fd/${one}`).catch(() => ''),
    );
    expect((await Promise.all(open)).filter((name) => name.includes('/closed/'))).toEqual([]);
    expect(await readdir(path.join(folder, 'closed'))).toEqual(['seal.json']);
  });

  it('treats an unreadable copy as missing', async () => {
    await writeFile(file, '{ half');
    await new SealKeeper(world.deps, folder).beat();
    expect(await instance()).toMatchObject({ sealed: false });
  });
});
