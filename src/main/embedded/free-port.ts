import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { CannotStart } from '../../platform/base/index.ts';

/** Below the ports of outgoing connections, any of which could take one before we listen on it. */
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

/** Says whether a server could listen on this port; without a host, on every interface. */
export function isFree(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Says whether this machine has that address. */
export function isOurs(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => {
      resolve(cause.code !== 'EADDRNOTAVAIL' && cause.syscall !== 'getaddrinfo');
    });
    server.listen({ port: 0, host }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Says whether somebody on loopback takes connections on this port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
