import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { Refusal, type RefusalCode } from '../../platform/index.ts';
import { CannotStart } from '../../base/index.ts';
import { budgets } from './budgets.ts';

const HEADERS_WITHIN_MS = 10_000;
/** Milliseconds for the largest import over a slow line; bodies of JSON have a shorter limit of their own. */
const REQUEST_WITHIN_MS = 600_000;
const IDLE_MS = 5_000;
const SILENT_MS = 30_000;
const LOOKS_EVERY_MS = 1_000;

/**
 * Sockets that listen on one port. In a turn of the event loop libuv accepts one connection of each socket: with a single
 * one, a callback behind the connections of a crowd waited a turn for each of them. Only Linux spreads connections over
 * several sockets.
 */
const LISTENING_SOCKETS = process.platform === 'linux' ? 32 : 1;
const IS_SHARED = LISTENING_SOCKETS > 1;

const furtherSockets = new WeakMap<Server, readonly TcpServer[]>();

interface ListenOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly connections?: number;
}

/** Starts a server; throws CannotStart when the port is not available. */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: LOOKS_EVERY_MS,
      // Node would refuse a request without `Host` without any body.
      requireHostHeader: false,
    },
    listener,
  );
  answerBrokenRequests(server);
  limitConnections(server, options.connections ?? budgets.connections.most);
  // A connection on which nothing moves in either direction is given up.
  server.setTimeout(SILENT_MS, (socket) => socket.destroy());
  if (IS_SHARED && options.port !== 0) await refuseIfTaken(options);
  await listening(server, options);
  await listenBeside(server, options.host);
  return server;
}

/** Opens further sockets on the server's port, whose connections the server handles. */
async function listenBeside(server: Server, host: string | undefined): Promise<void> {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('a server listens on no port');
  const further = Array.from({ length: LISTENING_SOCKETS - 1 }, () =>
    // The options with which an HTTP server accepts its own connections.
    createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket)),
  );
  furtherSockets.set(server, further);
  // So that closing the server is enough.
  server.once('close', () => further.forEach((each) => each.close()));
  for (const each of further) await listening(each, { host, port: address.port });
}

/**
 * Refuses a port that another server has: sockets that share a port would share it with any process of the same user.
 */
async function refuseIfTaken(options: ListenOptions): Promise<void> {
  const asking = createTcpServer();
  await listening(asking, options, { isShared: false });
  await new Promise((resolve) => asking.close(resolve));
}

function listening(
  server: TcpServer,
  { port, host }: ListenOptions,
  { isShared = IS_SHARED } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => reject(explained(cause, port));
    server.once('error', refuse);
    server.listen({ port, ...(host === undefined ? {} : { host }), reusePort: isShared }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** Limits the connections of a server: beyond `most`, the oldest one without a request is ended. */
function limitConnections(server: Server, most: number): void {
  /** Oldest first. */
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
    const ended = [...open].find((one) => !asking.has(one)) ?? socket;
    // Removed at once, since several connections may come in one turn, and a socket closes later.
    open.delete(ended);
    ended.destroy();
  });
}

/** Milliseconds for which unread input is still read, since the answer would be lost otherwise. */
const LINGER_MS = 1_000;

/** Answers requests that are not valid HTTP with the same form of error as others. */
function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Node reports each further piece of a refused request as another error.
    if (socket.writableEnded) return;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else lastWords(socket, codeOf(error));
  });
  server.on('connect', (_, socket) => lastWords(socket, 'METHOD_NOT_ALLOWED'));
  server.on('checkExpectation', ({ socket }) => lastWords(socket, 'INVALID_REQUEST'));
}

function codeOf({ code }: NodeJS.ErrnoException): RefusalCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LARGE';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TOO_SLOW' : 'INVALID_REQUEST';
}

function lastWords(socket: Duplex, code: RefusalCode): void {
  socket.on('error', () => undefined);
  socket.end(problem(new Refusal(code)));
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function problem({ code, status, title }: Refusal): string {
  const body = JSON.stringify({ type: 'about:blank', title, status, code });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
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

/** Accepts no more requests, gives those under way `patienceMs` to end, and then closes their connections. */
export async function stopServing(server: Server, patienceMs: number): Promise<void> {
  const sockets = [server, ...(furtherSockets.get(server) ?? [])];
  // Each socket waits for the connections that it accepted itself.
  const closed = sockets.map((each) => new Promise<void>((resolve) => void each.close(() => resolve())));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await Promise.all(closed);
  clearTimeout(cut);
}
