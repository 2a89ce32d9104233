import { Queue, Worker } from 'bullmq';
import { lots, type Peer, type PeerOrder } from './peer.ts';

const QUEUE = 'send';

/** Jobs in Redis, rows in PostgreSQL like everybody else's. */
export function bull({ redisPort, people, inFlight }: PeerOrder): Peer {
  const connection = { host: '127.0.0.1', port: redisPort, maxRetriesPerRequest: null };
  const queue = new Queue<{ id: number }>(QUEUE, { connection });
  return {
    prepare: async () => {
      for (const ids of lots(people))
        await queue.addBulk(
          ids.map((id) => ({ name: QUEUE, data: { id }, opts: { removeOnComplete: true } })),
        );
    },
    start: async (handle) => {
      const worker = new Worker<{ id: number }>(QUEUE, ({ data }) => handle(data.id), {
        connection,
        concurrency: inFlight,
      });
      return async () => {
        await worker.close(true);
        await queue.close();
      };
    },
  };
}
