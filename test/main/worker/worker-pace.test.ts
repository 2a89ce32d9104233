import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { sql } from 'kysely';
import { otherPaces, tellPace, noteProcess } from '../../../src/platform/database/process.repository.ts';
import { openLog } from '../../../src/platform/log.ts';
import { Handover } from '../../../activities/attempt.ts';
import type { Queue } from '../../../src/settings/variables.ts';
import { keepPace } from '../../../src/main/worker/worker-pace.ts';
import { timeOuts } from '../../../workflows/settings.ts';
import { afterFile } from '../../support/after-file.ts';
import { NIGHT } from '../../support/cases.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';
import { aWay } from '../../support/way.ts';

const QUEUES: readonly Queue[] = ['orchestration', 'sms-bulk'];
const ROUND_TRIP_MS = 300;
/** Whoever is frozen or gone is believed for three seconds more. */
const WITHIN_MS = 10_000;
/** As long as the workers of a process are given to end what they have. */
const ENDS_WITHIN_MS = timeOuts.shutdownGraceMs;

const test = await aDatabase();
const database = await anOpenDatabase({ url: test.appUrl, connections: 2, name: 'test' });
const log = openLog({ level: 'silent', process: 'test' });
/** Workers that returned their shares of rates. */
const returned: string[] = [];

/** A worker that is registered, and what it serves as it is told. */
async function aWorker(url: string, isFit: () => boolean = () => true) {
  const workerId = randomUUID();
  const at = new Date().toISOString();
  await database.outside((tx) => noteProcess(tx, { id: workerId, kind: 'worker', startedAt: at, at }));
  const handover = new Handover();
  let serves: readonly Queue[] = QUEUES;
  let failing = 0;
  const pace = await keepPace({
    databaseUrl: url,
    workerId,
    queues: QUEUES,
    clock: { monotonic: () => performance.now() },
    log,
    isFit,
    handover,
    returnRates: () => void returned.push(workerId),
    serve: async (queues) => {
      failing += 1;
      // Temporal is away the first time.
      if (failing === 1) throw new Error('Temporal is away');
      serves = queues;
    },
  });
  afterFile(() => pace.stop());
  return { pace, handover, serves: () => serves, workerId };
}

const isUnknownTo = async (id: string): Promise<boolean> =>
  (await database.outside((tx) => otherPaces(tx, id))).size === 0;

it('no worker yields to an unknown pace', async () => {
  const [mine, others] = [randomUUID(), randomUUID()];
  const at = new Date().toISOString();
  const tell = (roundTripMs: number | null, queues: readonly string[]) =>
    database.outside((tx) => tellPace(tx, { id: others, roundTripMs, queues }));
  // A worker of the version before, which knows nothing of it, is registered like this.
  for (const id of [mine, others])
    await database.outside((tx) => noteProcess(tx, { id, kind: 'worker', startedAt: at, at }));
  expect(await isUnknownTo(mine)).toBe(true);
  await tell(null, QUEUES);
  expect(await isUnknownTo(mine)).toBe(true);
  await tell(3, []);
  expect(await isUnknownTo(mine)).toBe(true);
  await tell(3, QUEUES);
  expect(await database.outside((tx) => otherPaces(tx, mine))).toEqual(
    new Map(QUEUES.map((one) => [one, 3])),
  );
  expect(await isUnknownTo(others)).toBe(true);
  await database.outside((tx) =>
    tx.run(sql`UPDATE process SET paced_at = paced_at - interval '3 seconds' WHERE id = ${others}::uuid`),
  );
  expect(await isUnknownTo(mine)).toBe(true);
});

it('a slow worker yields to a fast one', async () => {
  const way = await aWay();
  const { socketFolder } = inject('postgres');
  const slow = await aWorker(
    test.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder)),
  );
  way.slow(ROUND_TRIP_MS / 2);
  await pause(3_000);
  // Alone it goes on, however slow it is.
  expect(slow.serves()).toEqual(QUEUES);

  let isFit = false;
  const fast = await aWorker(test.appUrl, () => isFit);
  await pause(3_000);
  // One that could not do the work is nobody to leave it to.
  expect(slow.serves()).toEqual(QUEUES);

  isFit = true;
  const held = slow.handover.leaves('sms-bulk');
  await expect.poll(slow.serves, { timeout: WITHIN_MS }).toEqual([]);
  expect(slow.pace.isBack()).toBe(true);
  expect(held.aborted).toBe(true);
  expect(returned).toEqual([slow.workerId]);
  expect(fast.serves()).toEqual(QUEUES);
  expect(fast.pace.isBack()).toBe(false);

  await fast.pace.stop();
  await expect.poll(slow.serves, { timeout: WITHIN_MS }).toEqual(QUEUES);
  expect(slow.pace.isBack()).toBe(false);
  expect(slow.handover.leaves('sms-bulk').aborted).toBe(false);
});

it('a worker with a silent database still ends', NIGHT, async () => {
  const way = await aWay();
  const { socketFolder } = inject('postgres');
  const { pace } = await aWorker(
    test.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder)),
  );
  way.silence();
  const began = performance.now();
  await pace.stop();
  expect(performance.now() - began).toBeLessThan(ENDS_WITHIN_MS);
});
