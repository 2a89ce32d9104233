import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, inject, it, onTestFinished } from 'vitest';
import type { Plan } from '../../src/messages/plan.ts';
import { keyOf } from '../../src/database/cipher.ts';
import { openTemporal } from '../../src/temporal/connection.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { WorkerPool } from '../../src/temporal/worker-pool.ts';
import { timeOuts } from '../../workflows/time-outs.ts';
import { replan } from '../../workflows/messages.ts';
import { queues } from '../../workflows/queues.ts';
import { aNamespace, done, soon } from '../workflows/stage.ts';
import { connect, log } from './world.ts';

/** Temporal has closed the connection of whoever answers no ping. */
const POLLS_GONE_MS = timeOuts.pingEveryMs + timeOuts.pingAnsweredMs + 2_000;
/** Less than the SDK would wait for the worker that remembers it. */
const SOON_MS = 8_000;

it('a workflow that a frozen worker remembers goes on with another one within seconds', async () => {
  const { address } = inject('temporal');
  const first = await connect(address, 'test');
  const namespace = await aNamespace(first.connection);
  const key = randomBytes(32);
  const sealer = new PayloadSealer([keyOf(1, key)]);
  const temporal = await openTemporal({ address, namespace, apiKey: undefined, tls: undefined }, sealer);
  const order = { address, namespace, codePath: inject('bundlePath'), key: key.toString('hex') };
  const program = fileURLToPath(new URL('remembering-pool.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');

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
  const aPool = (wanted: ConstructorParameters<typeof WorkerPool>[0]['queues']): WorkerPool =>
    new WorkerPool({
      way: { address },
      namespace,
      sealer,
      bundle: { codePath: inject('bundlePath') },
      activities: { readImport },
      queues: wanted,
      log,
    });
  const files = aPool(['housekeeping']);
  await files.renew();
  const handle = await temporal.client.workflow.start('importContacts', {
    workflowId: 'import/frozen',
    taskQueue: queues.orchestration,
    args: [{ tenantId: 't-1', importId: 'i-1' }],
  });
  await soon(() => reads === 1);
  await pause(1_000);
  child.kill('SIGSTOP');
  const healthy = aPool(['orchestration']);
  await healthy.renew();
  await pause(POLLS_GONE_MS);

  const told = performance.now();
  await handle.signal(replan);
  expect(await handle.result()).toBe('FINISHED');
  expect(performance.now() - told).toBeLessThan(SOON_MS);
  await Promise.all([files.stop(), healthy.stop()]);
  await temporal.close();
  await first.close();
}, 90_000);
