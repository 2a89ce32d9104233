import type { Socket } from 'node:net';

/** Makes each of two sockets end with the other; those that are open are in the set. */
export function paired(near: Socket, far: Socket, open = new Set<Socket>()): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    open.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      open.delete(one);
      other.destroy();
    });
  }
}
