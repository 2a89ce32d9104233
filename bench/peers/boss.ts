import { PgBoss } from 'pg-boss';
import { lots, type Peer, type PeerOrder } from './peer.ts';

const QUEUE = 'send';
const BATCH = 100;

/** Batches that follow one another without a rest while there is more. */
export function boss({ databaseUrl, people, inFlight }: PeerOrder): Peer {
  const instance = new PgBoss({ connectionString: databaseUrl, max: 20, supervise: false, schedule: false });
  return {
    prepare: async () => {
      await instance.start();
      await instance.createQueue(QUEUE);
      for (const ids of lots(people))
        await instance.insert(
          QUEUE,
          ids.map((id) => ({ data: { id } })),
        );
    },
    start: async (handle) => {
      const options = {
        batchSize: BATCH,
        localConcurrency: Math.ceil(inFlight / BATCH),
        burstWhenBatchFull: true,
        pollingIntervalSeconds: 0.5,
      };
      await instance.work<{ id: number }>(QUEUE, options, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => handle(data.id)));
      });
      return () => instance.stop({ graceful: false });
    },
  };
}
