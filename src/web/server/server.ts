import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AddressInfo, Socket } from 'node:net';
import { CannotStart, Refusal, type RefusalCode } from '../../platform/index.ts';
import { budgets } from './budgets.ts';

/** Time limit of a request's headers. */
const HEADERS_WITHIN_MS = 10_000;
/** The largest import over a slow line; bodies of JSON have a shorter limit of their own. */
const REQUEST_WITHIN_MS = 600_000;
const IDLE_MS = 5_000;
const SILENT_MS = 30_000;
const LOOKS_EVERY_MS = 1_000;

/**
 * Sockets that listen on one port. libuv takes one connection of each in a turn of the event loop, in the order in
 * which they came: with one, a callback behind the connections of a crowd waited a turn for each of them. Elsewhere
 * than on Linux they would not share what comes.
 */
const LISTENING = process.platform === 'linux' ? 32 : 1;

/** The sockets beside the first one, of each server. */
const beside = new WeakMap<Server, readonly Server[]>();

/** The address and the bounds of a server. */
interface ListenOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly connections?: number;
}

/** Listens; an unavailable port is reported in one sentence. */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<Server> {
  const most = new ConnectionLimit(options.connections ?? budgets.connections.most);
  const [first, ...others] = Array.from({ length: LISTENING }, () => serverOf(listener, most));
  if (first === undefined) throw new RangeError('no socket listens');
  if (options.port !== 0) await refuseTaken(options);
  await listening(first, options);
  const { port } = addressOf(first);
  for (const each of others) await listening(each, { ...options, port });
  beside.set(first, others);
  first.once('close', () => others.forEach((each) => each.close()));
  return first;
}

/** Sockets that share a port share it with any process of the same user: another server there is found before. */
async function refuseTaken(options: ListenOptions): Promise<void> {
  const asking = createServer();
  await listening(asking, options, { isShared: false });
  await new Promise((resolve) => asking.close(resolve));
}

function listening(
  server: Server,
  { port, host }: ListenOptions,
  { isShared = LISTENING > 1 } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explained(cause, port)));
    server.listen({ port, ...(host === undefined ? {} : { host }), reusePort: isShared }, resolve);
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address;
  throw new TypeError('a server listens on no port');
}

function serverOf(listener: RequestListener, most: ConnectionLimit): Server {
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
  most.watch(server);
  // A socket on which nothing moves, in either direction, is given up.
  server.setTimeout(SILENT_MS, (socket) => socket.destroy());
  return server;
}

/** Limits connections: beyond `most`, the oldest one without a request is ended. */
class ConnectionLimit {
  readonly #most: number;
  /** Oldest first. */
  readonly #open = new Set<Socket>();
  readonly #asking = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts the connections of one more server. */
  watch(server: Server): void {
    server.on('request', ({ socket }, res) => {
      this.#asking.add(socket);
      res.once('close', () => this.#asking.delete(socket));
    });
    server.on('connection', (socket: Socket) => this.#connected(socket));
  }

  #connected(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#asking.delete(socket);
    });
    if (this.#open.size <= this.#most) return;
    const idle = [...this.#open].find((one) => !this.#asking.has(one));
    (idle ?? socket).destroy();
  }
}

/** Milliseconds for which unread input is still read, or the answer would be lost with it. */
const LINGER_MS = 1_000;

/** Answers broken requests in the same words as a request. */
function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Each further piece of what was refused is complained of again.
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

/** Takes no more requests, lets those begun end within `patienceMs`, then ends the rest. */
export async function stopServing(server: Server, patienceMs: number): Promise<void> {
  const all = [server, ...(beside.get(server) ?? [])];
  const closed = all.map((each) => new Promise<void>((resolve) => void each.close(() => resolve())));
  for (const each of all) each.closeIdleConnections();
  const cut = setTimeout(() => all.forEach((each) => each.closeAllConnections()), patienceMs);
  await Promise.all(closed);
  clearTimeout(cut);
}
