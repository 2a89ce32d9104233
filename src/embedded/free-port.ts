import { connect, createServer } from 'node:net';

/** Finds a TCP port on loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        found(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
  });
}

/** Tells whether a server could listen on this port; without a host, on every interface. */
export function isFree(port: number, host?: string): Promise<boolean> {
  return new Promise((told) => {
    const server = createServer();
    server.once('error', () => {
      told(false);
    });
    server.listen({ port, host }, () => {
      server.close(() => {
        told(true);
      });
    });
  });
}

/** Tells whether this machine has that address. */
export function isOurs(host: string): Promise<boolean> {
  return new Promise((told) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => {
      told(cause.code !== 'EADDRNOTAVAIL' && cause.syscall !== 'getaddrinfo');
    });
    server.listen({ port: 0, host }, () => {
      server.close(() => {
        told(true);
      });
    });
  });
}

/** Tells whether somebody on loopback takes connections on this port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((told) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      told(true);
    });
    socket.once('error', () => {
      told(false);
    });
  });
}
