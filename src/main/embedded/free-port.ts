import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { CannotStart } from '../../base/index.ts';

/** Ports below those of outgoing connections, which could otherwise take one before we listen on it. */
const [LOWEST, HIGHEST] = [10_240, 32_768];
const TRIES = 200;

/** Finds a free TCP port on loopback that no outgoing connection will take meanwhile. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port))) return port;
  }
  throw new CannotStart(`no free port was found in ${TRIES} tries from ${LOWEST} to ${HIGHEST}`);
}

/** Listens for a moment; returns the error when that is not possible. */
const refusal = (at: { readonly port: number; readonly host?: string | undefined }) =>
  new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ ...at }, () => server.close(() => resolve(undefined)));
  });

/** Says whether a server could listen on this port; without a host, on every interface. */
export const isFree = async (port: number, host?: string): Promise<boolean> =>
  (await refusal({ port, host })) === undefined;

/** Says whether this machine has that address. */
export async function isOurHost(host: string): Promise<boolean> {
  const cause = await refusal({ port: 0, host });
  return cause?.code !== 'EADDRNOTAVAIL' && cause?.syscall !== 'getaddrinfo';
}

/** Says whether something on loopback accepts connections on this port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
