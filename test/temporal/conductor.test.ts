import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addToWorkflowOutbox } from '../../src/platform/database/workflow-outbox.repository.ts';
import { Conductor } from '../../src/temporal/conductor.ts';
import { SealKeeper } from '../../src/temporal/seal.ts';
import { soon } from '../workflows/stage.ts';
import { aWorld, runs } from './world.ts';
import { aFolder } from '../support/after-file.ts';

const world = await aWorld();
const { deps, database, tenantId, clock, appUrl } = world;
const folder = await aFolder('bonheure-conductor-');

const aConductor = (
  isSteppedBack: () => boolean = () => false,
): { conductor: Conductor; keeper: SealKeeper } => {
  const keeper = new SealKeeper(deps, folder);
  return {
    keeper,
    conductor: new Conductor(deps, {
      databaseUrl: appUrl,
      keeper,
      inbox: () => Promise.resolve(false),
      webhooks: () => Promise.resolve(false),
      housekeeping: () => Promise.resolve(),
      adoptClock: () => Promise.resolve(),
      isSteppedBack,
    }),
  };
};

const playing = async (): Promise<Record<string, number>> => {
  const rows = await world.look(
    `SELECT objid, count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = x'626f6e68'::int::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ objid, n }) => [String(objid), Number(n)]));
};

const startSeries = async (): Promise<string> => {
  const seriesId = await world.series(3_600);
  const intent = {
    class: 'start',
    verb: 'start',
    workflow: 'reminderSeries',
    workflowId: `series/${seriesId}`,
    input: { tenantId, seriesId },
  } as const;
  await database.withTenant(tenantId, (tx) => addToWorkflowOutbox(tx, [intent], clock.machine()));
  return `series/${seriesId}`;
};

const copy = async (): Promise<{ heartbeat: number }> =>
  JSON.parse(await readFile(path.join(folder, 'seal.json'), 'utf8'));

/** Undefined while the instance is sealed. */
const heartbeat = async () =>
  (await world.look('SELECT heartbeat::int AS heartbeat FROM instance WHERE NOT sealed'))[0]?.['heartbeat'];

describe('the loops between PostgreSQL and Temporal', () => {
  it('run once each, and move between processes', async () => {
    const [first, second] = [aConductor(), aConductor()];
    await soon(async () => Object.keys(await playing()).length === 7);
    expect(await playing()).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
    await first.conductor.stop();
    await soon(async () => Object.keys(await playing()).length === 7);
    const id = await startSeries();
    await soon(() => runs(deps, id));
    await second.conductor.stop();
    expect(await playing()).toEqual({});
  });

  it('move away while a process steps back', async () => {
    let isSteppedBack = false;
    const { conductor } = aConductor(() => isSteppedBack);
    await soon(async () => Object.keys(await playing()).length === 7);
    isSteppedBack = true;
    await soon(async () => Object.keys(await playing()).length === 0);
    isSteppedBack = false;
    await soon(async () => Object.keys(await playing()).length === 7);
    expect(await playing()).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
    await conductor.stop();
  });

  it('return after PostgreSQL ends their connection', async () => {
    const { conductor, keeper } = aConductor();
    await soon(() => keeper.doubt() === undefined);
    await soon(async () => Object.keys(await playing()).length === 7);
    await world.look(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'bonheure_app'`,
    );
    const id = await startSeries();
    await soon(() => runs(deps, id));
    await soon(async () => Object.keys(await playing()).length === 7);
    await soon(() => keeper.doubt() === undefined);
    expect(await playing()).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
    await conductor.stop();
  });

  it('raise the heartbeat and keep both copies', async () => {
    const { conductor } = aConductor();
    const before = Number(await heartbeat());
    await soon(async () => Number(await heartbeat()) > before);
    // Raised first, copied then: between the two a copy is one behind.
    await expect.poll(async () => (await copy()).heartbeat === (await heartbeat())).toBe(true);
    await conductor.stop();
  });
});
