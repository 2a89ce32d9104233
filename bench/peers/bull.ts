import { Queue, Worker } from 'bullmq';
import { lots, type Peer, type PeerOrder } from './peer.ts';
import { bullSettings } from './settings.ts';

const QUEUE = 'send';

/** Jobs in Redis, rows in PostgreSQL like everybody else's. */
export function bull({ redisPort, people, inFlight }: PeerOrder): Peer {
  const connection = { host: '127.0.0.1', port: redisPort, maxRetriesPerRequest: null };
  const queue = new Queue<{ id: number }>(QUEUE, { connection });
  return {
    prepare: async () => {
      for (const ids of lots(people)) await queue.addBulk(ids.map((id) => ({ name: QUEUE, data: { id } })));
    },
    start: async (handle) => {
      const send = ({ data }: { data: { id: number } }): Promise<void> => handle(data.id);
      const worker = new Worker<{ id: number }>(QUEUE, send, { connection, ...bullSettings(inFlight) });
      await worker.waitUntilReady();
    },
  };
}
