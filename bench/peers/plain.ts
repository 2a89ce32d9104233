import type { Peer, PeerOrder } from './peer.ts';

/** No library: each loop takes the next id. */
export function plain({ people, inFlight, worker, workers }: PeerOrder): Peer {
  let next = worker;
  const take = (): number => (next += workers) - workers;
  const loop = async (handle: (id: number) => Promise<void>): Promise<void> => {
    for (let id = take(); id < people; id = take()) await handle(id);
  };
  return {
    prepare: () => Promise.resolve(),
    start: async (handle) => {
      void Promise.all(Array.from({ length: inFlight }, () => loop(handle)));
    },
  };
}
