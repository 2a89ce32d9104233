import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Keeps room for who comes: beyond `most` connections, the oldest on which nothing is asked is ended. */
export function keepRoom(server: Server, most: number): void {
  /** The oldest first. */
  const open = new Set<Socket>();
  const asking = new Set<Socket>();
  server.on('request', ({ socket }, res) => {
    asking.add(socket);
    res.once('close', () => asking.delete(socket));
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      asking.delete(socket);
    });
    if (open.size <= most) return;
    const idle = [...open].find((one) => !asking.has(one));
    (idle ?? socket).destroy();
  });
}
