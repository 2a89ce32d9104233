import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { type ActivityBounds, beating } from '../../activities/attempt.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { Pulse } from '../../src/temporal/connection.ts';
import { WorkerPool } from '../../src/temporal/worker-parts.ts';
import { timeOuts } from '../../workflows/settings.ts';
import { NIGHT } from '../support/cases.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { done, soon } from '../workflows/stage.ts';
import { aPool } from './pool.ts';
import { connect, log, sealer } from './world.ts';

const NEVER = new AbortController().signal;

/** A pool that reads imports, and who starts one there. */
async function aReadingPool(readImport: (request: { readonly importId: string }) => Promise<Plan>) {
  const { pool, client, close } = await aPool({ readImport });
  const start = (importId: string) =>
    client.workflow.start('importContacts', {
      workflowId: `import/${importId}`,
      taskQueue: 'orchestration',
      args: [{ tenantId: 't-1', importId }],
    });
  return { pool, start, close };
}

describe('the workers of a process', () => {
  it('are renewed without losing work', async () => {
    const stopping = new AbortController();
    const begun: string[] = [];
    const { pool, start, close } = await aReadingPool(({ importId }) =>
      beating({ stopping: stopping.signal, leaves: () => NEVER }, async ({ signal }: ActivityBounds) => {
        begun.push(importId);
        if (importId === 'slow') while (!signal.aborted) await pause(20);
        return done('FINISHED');
      }),
    );
    const slow = await start('slow');
    await soon(() => begun.includes('slow'));
    await pool.renew();
    expect(await (await start('quick')).result()).toBe('FINISHED');

    stopping.abort();
    expect(await slow.result()).toBe('FINISHED');
    expect(begun).toEqual(['slow', 'quick']);
    await close();
  });

  it('connect to nothing when they serve nothing', async () => {
    const pool = new WorkerPool({
      connection: { address: '127.0.0.1:1' },
      namespace: 'nowhere',
      sealer,
      bundle: { codePath: inject('bundlePath') },
      activities: {},
      queues: ['housekeeping'],
      log,
    });
    await expect(pool.renew()).rejects.toThrow(/connect|transport/i);
    await pool.serve([]);
    await pool.stop();
    expect(pool.broken).toBe(false);
  });

  it('heartbeat each second, and learn of the end', async () => {
    const stopping = new AbortController();
    const { start, close } = await aReadingPool(() =>
      beating({ stopping: stopping.signal, leaves: () => NEVER }, async ({ signal }: ActivityBounds) => {
        await once(signal, 'abort');
        return done('FINISHED');
      }),
    );
    const lasting = await start('lasting');
    const heard: number[] = [];
    // By itself the SDK passes on one in four seconds, as the time-out is five.
    const isHeardOften = async (): Promise<boolean> => {
      const [activity] = (await lasting.describe()).raw.pendingActivities ?? [];
      const { seconds, nanos } = activity?.lastHeartbeatTime ?? {};
      const at = Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000;
      if (at > 0 && at !== heard.at(-1)) heard.push(at);
      return heard.some((one, turn) => one - (heard[turn - 1] ?? 0) < 2 * timeOuts.heartbeatMs);
    };
    await soon(isHeardOften);
    stopping.abort();
    expect(await lasting.result()).toBe('FINISHED');
    await close();
  });

  it('poll only the queues they serve', NIGHT, async () => {
    let begun = 0;
    const { pool, start, close } = await aReadingPool(async () => ((begun += 1), done('FINISHED')));
    await pool.serve(['orchestration']);
    const imported = await start('one');
    await pause(3_000);
    expect(begun).toBe(0);
    await pool.serve([]);
    await pool.serve(['orchestration', 'housekeeping']);
    expect(await imported.result()).toBe('FINISHED');
    await pool.stop();
    // What is asked for while it ends begins nothing more.
    await pool.serve(['orchestration', 'housekeeping']);
    const late = await start('late');
    await pause(3_000);
    expect(begun).toBe(1);
    await late.terminate();
    await close();
  });

  it('are renewed when Temporal was away', async () => {
    const { address, namespace } = inject('temporal');
    const temporal = await connect(address, namespace);
    const clock = new ShiftedClock();
    let elapsed = 0;
    let renewals = 0;
    clock.monotonic = () => elapsed;
    const pulse = new Pulse(temporal, clock, async () => {
      renewals += 1;
    });
    await pulse.feel(false);
    elapsed = 1_000;
    await pulse.feel(false);
    expect(renewals).toBe(0);
    elapsed = 9_000;
    await pulse.feel(false);
    expect(renewals).toBe(1);
    await pulse.feel(true);
    expect(renewals).toBe(2);
    await temporal.close();
  });
});
