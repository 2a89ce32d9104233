import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { lots, type Peer, type PeerOrder } from './peer.ts';
import { graphileSettings } from './settings.ts';

/** Jobs in the same PostgreSQL, fetched into a local queue. */
export function graphile({ databaseUrl, people, inFlight }: PeerOrder): Peer {
  const worker = {
    connectionString: databaseUrl,
    ...graphileSettings(inFlight),
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
      await run({ preset: { worker }, taskList: { send }, noHandleSignals: true });
    },
  };
}
