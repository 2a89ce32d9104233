import type { Peer, PeerOrder } from './peer.ts';

/** No library: each loop takes the next id. */
export function plain({ people, inFlight }: PeerOrder): Peer {
  let next = 0;
  const loop = async (handle: (id: number) => Promise<void>): Promise<void> => {
    while (next < people) await handle(next++);
  };
  return {
    prepare: () => Promise.resolve(),
    start: async (handle) => {
      const loops = Promise.all(Array.from({ length: inFlight }, () => loop(handle)));
      return async () => void (await loops);
    },
  };
}
