import type { Client } from '@temporalio/client';
import { inject } from 'vitest';
import { WorkerPool } from '../../src/temporal/worker-parts.ts';
import { aNamespace } from '../workflows/stage.ts';
import { connect, log, sealer } from './world.ts';

/** The workers of a process, and a client, in a namespace of their own. */
interface TestPool {
  readonly pool: WorkerPool;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** Starts workers of workflows and of housekeeping with these activities. */
export async function aPool(activities: object): Promise<TestPool> {
  const { address } = inject('temporal');
  const first = await connect(address, 'test');
  const namespace = await aNamespace(first.connection);
  const temporal = await connect(address, namespace);
  const pool = new WorkerPool({
    connection: { address },
    namespace,
    sealer,
    bundle: { codePath: inject('bundlePath') },
    activities,
    queues: ['orchestration', 'housekeeping'],
    log,
  });
  await pool.renew();
  return {
    pool,
    client: temporal.client,
    close: async () => {
      await pool.stop();
      await temporal.close();
      await first.close();
    },
  };
}
