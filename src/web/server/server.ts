import { createServer, type RequestListener, type Server } from 'node:http';
import { CannotStart } from '../../platform/index.ts';
import { answerBrokenRequests } from './broken-request.ts';
import { budgets } from './budgets.ts';
import { keepRoom } from './connection-room.ts';

/** A client has this long for its headers, whatever it sends afterwards. */
const HEADERS_WITHIN_MS = 10_000;
/** The largest import over a slow line; bodies of JSON have a shorter limit of their own. */
const REQUEST_WITHIN_MS = 600_000;
const IDLE_MS = 5_000;
const SILENT_MS = 30_000;
const LOOKS_EVERY_MS = 1_000;

/** Listens; a port that cannot be had is one sentence. */
export async function listen(
  listener: RequestListener,
  at: { readonly port: number; readonly host: string | undefined; readonly connections?: number },
): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: LOOKS_EVERY_MS,
      // Node would refuse it without a word.
      requireHostHeader: false,
    },
    listener,
  );
  answerBrokenRequests(server);
  keepRoom(server, at.connections ?? budgets.connections.most);
  // A socket on which nothing moves, in either direction, is given up.
  server.setTimeout(SILENT_MS, (socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explained(cause, at.port)));
    server.listen({ port: at.port, ...(at.host === undefined ? {} : { host: at.host }) }, resolve);
  });
  return server;
}

function explained(cause: NodeJS.ErrnoException, port: number): Error {
  if (cause.code === 'EADDRINUSE')
    return new CannotStart(`Port ${port} is in use: stop what uses it, or give another in PORT.`, { cause });
  if (cause.code === 'EACCES')
    return new CannotStart(`Port ${port} may not be used by this user: give one above 1023 in PORT.`, {
      cause,
    });
  return new CannotStart(
    `Cannot listen on port ${port} (${cause.code ?? cause.name}): look at HOST and PORT.`,
    {
      cause,
    },
  );
}

/** Takes no more requests, lets those begun end within `patienceMs`, then cuts the rest. */
export async function stopServing(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(cut);
}
