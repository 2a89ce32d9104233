import { PgBoss } from 'pg-boss';
import { lots, type Peer, type PeerOrder } from './peer.ts';
import { bossSettings } from './settings.ts';

const QUEUE = 'send';

/** Jobs in the same PostgreSQL, fetched in batches. */
export function boss({ databaseUrl, people, inFlight }: PeerOrder): Peer {
  const instance = new PgBoss({ connectionString: databaseUrl, max: 20, schedule: false });
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
      await instance.start();
      await instance.work<{ id: number }>(QUEUE, bossSettings(inFlight), async (jobs) => {
        await Promise.all(jobs.map(({ data }) => handle(data.id)));
      });
    },
  };
}
