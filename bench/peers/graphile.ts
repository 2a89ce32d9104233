import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { lots, type Peer, type PeerOrder } from './peer.ts';

/** As its page on performance advises: a local queue, completions in batches. */
export function graphile({ databaseUrl, people, inFlight }: PeerOrder): Peer {
  const worker = {
    connectionString: databaseUrl,
    maxPoolSize: 20,
    concurrentJobs: inFlight,
    localQueue: { size: 2 * inFlight },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    // A line a job would be measured too.
    logger: new Logger(() => () => undefined),
  };
  return {
    prepare: async () => {
      const utils = await makeWorkerUtils({ connectionString: databaseUrl });
      await utils.migrate();
      for (const ids of lots(people))
        await utils.addJobs(ids.map((id) => ({ identifier: 'send', payload: { id } })));
      await utils.release();
    },
    start: async (handle) => {
      const send = (payload: unknown): Promise<void> => handle((payload as { id: number }).id);
      const runner = await run({ preset: { worker }, taskList: { send }, noHandleSignals: true });
      return () => runner.stop();
    },
  };
}
