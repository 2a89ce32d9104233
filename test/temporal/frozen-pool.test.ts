import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, inject, it } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { keyOf } from '../../src/crypto/cipher.ts';
import { openTemporal } from '../../src/temporal/connection.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { WorkerPool } from '../../src/temporal/worker-parts.ts';
import type { Queue } from '../../src/settings/variables.ts';
import { timeOuts, queues } from '../../workflows/settings.ts';
import { replan } from '../../workflows/messages.ts';
import { afterFile } from '../support/after-file.ts';
import { aNamespace, done, soon } from '../workflows/stage.ts';
import { connect, log } from './world.ts';

/** Temporal has closed the connection of whoever answers no ping. */
const POLLS_GONE_MS = timeOuts.pingEveryMs + timeOuts.pingAnsweredMs + 2_000;
/** A fault delays nobody longer. */
const WITHIN_MS = 10_000;
/** Less than the SDK would wait for the worker that remembers it. */
const SOON_MS = 8_000;

/** A namespace, a process that serves these queues of it until it is frozen, and workers of this process beside it. */
async function besideOneToFreeze(frozen: readonly Queue[], activities: Partial<Activities>) {
  const { address } = inject('temporal');
  const first = await connect(address, 'test');
  const namespace = await aNamespace(first.connection);
  const key = randomBytes(32);
  const sealer = new PayloadSealer([keyOf(1, key)]);
  const temporal = await openTemporal({ address, namespace, apiKey: undefined, tls: undefined }, sealer);
  const codePath = inject('bundlePath');
  const order = { address, namespace, codePath, key: key.toString('hex'), wanted: frozen };
  const program = fileURLToPath(new URL('remembering-pool.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterFile(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const pools: WorkerPool[] = [];
  const serve = async (wanted: readonly Queue[]): Promise<void> => {
    const bundle = { codePath };
    const pool = new WorkerPool({
      connection: { address },
      namespace,
      sealer,
      bundle,
      activities,
      queues: wanted,
      log,
    });
    pools.push(pool);
    await pool.renew();
  };
  return {
    child,
    serve,
    start: () =>
      temporal.client.workflow.start('importContacts', {
        workflowId: 'import/frozen',
        taskQueue: queues.orchestration,
        args: [{ tenantId: 't-1', importId: 'i-1' }],
      }),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.stop()));
      await temporal.close();
      await first.close();
    },
  };
}

// Both mostly wait.
it.concurrent('a frozen worker’s workflow goes on elsewhere', async () => {
  let reads = 0;
  const waiting: Plan = {
    kind: 'wait',
    state: 'parked',
    waitMs: 3_600_000,
    nextActionAt: '2027-03-30T14:30:00.000Z',
    because: { code: 'PAUSED', text: 'until it is told' },
  };
  const readImport = async (): Promise<Plan> => {
    reads += 1;
    return reads === 1 ? waiting : done('FINISHED');
  };
  const { child, serve, start, close } = await besideOneToFreeze(['orchestration'], { readImport });
  await serve(['housekeeping']);
  const handle = await start();
  await soon(() => reads === 1);
  await pause(1_000);
  child.kill('SIGSTOP');
  await serve(['orchestration']);
  await pause(POLLS_GONE_MS);

  const told = performance.now();
  await handle.signal(replan);
  expect(await handle.result()).toBe('FINISHED');
  expect(performance.now() - told).toBeLessThan(SOON_MS);
  await close();
});

it.concurrent('a frozen worker’s activity moves within ten seconds', async () => {
  const readImport = async (): Promise<Plan> => done('FINISHED');
  const { child, serve, start, close } = await besideOneToFreeze(['housekeeping'], { readImport });
  await serve(['orchestration']);
  const begun = once(child.stdout, 'data');
  const handle = await start();
  await begun;
  // It has said that it lives, as one that lasts.
  await pause(timeOuts.silentMs + timeOuts.heartbeatMs);
  child.kill('SIGSTOP');
  const frozen = performance.now();
  await serve(['housekeeping']);
  expect(await handle.result()).toBe('FINISHED');
  expect(performance.now() - frozen).toBeLessThan(WITHIN_MS);
  await close();
});
