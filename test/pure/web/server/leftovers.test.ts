import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { inTime } from '../../../../src/base/promises.ts';
import { budgets } from '../../../../src/web/server/budgets.ts';
import { readOn, Leftovers, bodyReader, fieldsReader } from '../../../../src/web/server/read-body.ts';

const PIECE = 65_536;
const MIB = 1_048_576;
const { most, withinMs } = budgets.refusedBytes;

/** A body of so many pieces that has all come, and how much of it was read. */
function aBody(pieces: number) {
  const seen = { bytes: 0, over: false };
  let left = pieces;
  const body = new Readable({
    highWaterMark: PIECE,
    read() {
      left -= 1;
      this.push(left < 0 ? null : Buffer.alloc(PIECE));
    },
  });
  body.on('data', (piece: Buffer) => (seen.bytes += piece.length));
  body.once('close', () => (seen.over = true));
  body.pause();
  return { body, seen };
}

/** So many turns, and whatever each of them brought. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    vi.advanceTimersByTime(withinMs);
    for (let round = 0; round < 3; round += 1) await immediately();
  }
}

describe('what is left of bodies that were refused', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it.each([1, 3, 40])('is read at one pace for %d bodies', async (count) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const leftovers = new Leftovers();
    const bodies = Array.from({ length: count }, () => aBody(1_000));
    for (const { body } of bodies) leftovers.read(body);
    await immediately();
    const read = () => bodies.map(({ seen }) => seen.bytes);
    const total = () => read().reduce((sum, bytes) => sum + bytes, 0);
    // Whoever came first was alone at first.
    const first = read();
    for (let last = total(), turn = 0; turn < 30; turn += 1) {
      await turns(1);
      expect(total() - last).toBeLessThanOrEqual(most + PIECE);
      last = total();
    }
    expect(total()).toBeGreaterThan(30 * PIECE);
    const gained = read().map((bytes, n) => bytes - (first[n] ?? 0));
    expect(Math.max(...gained) - Math.min(...gained)).toBeLessThanOrEqual(2 * PIECE);
  });

  it('catches up a little after a busy process', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const leftovers = new Leftovers();
    const { body, seen } = aBody(2_000);
    leftovers.read(body);
    await turns(1);
    const before = seen.bytes;
    // A timer that comes late comes once.
    vi.spyOn(performance, 'now').mockReturnValueOnce(performance.now() + 100 * withinMs);
    await turns(1);
    expect(seen.bytes - before).toBeGreaterThan(7 * most);
    expect(seen.bytes - before).toBeLessThanOrEqual(8 * most + PIECE);
  });

  it('is read to its end, then nothing ticks', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const leftovers = new Leftovers();
    const bodies = [aBody(1), aBody(20), aBody(3)];
    for (const { body } of bodies) leftovers.read(body);
    await turns(40);
    expect(bodies.map(({ seen }) => seen)).toEqual(
      [1, 20, 3].map((pieces) => ({ bytes: pieces * PIECE, over: true })),
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is forgotten with a connection that is cut', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const leftovers = new Leftovers();
    const { body, seen } = aBody(1_000);
    leftovers.read(body);
    await turns(2);
    body.destroy();
    await turns(2);
    const { bytes } = seen;
    await turns(2);
    expect(seen).toEqual({ bytes, over: true });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a server that refuses many bodies at once', () => {
  const EACH = 4 * MIB;
  const COUNT = 8;
  /** What Node and a stream hold of each before anybody reads it. */
  const HELD = 4 * PIECE;

  const read = bodyReader({ mostBytes: MIB, withinMs: 60_000 });
  const fields = fieldsReader({ mostBytes: MIB, withinMs: 60_000 });
  const REFUSED: readonly (readonly [how: string, first: RequestHandler])[] = [
    ['nobody began to read', (_, __, next) => next()],
    [
      'are too large',
      async (req, res, next) => {
        await read(req, res);
        next();
      },
    ],
    ['are too large for a form', fields],
  ];

  it.each(REFUSED)('reads those that %s at its pace', async (_, first) => {
    const app = express().use(first, refuseSoon, answerRefused);
    const { port, sockets } = await serving(app);
    const began = performance.now();
    const answers = Promise.all(Array.from({ length: COUNT }, () => sentWhole(port, EACH)));
    // Of a server that is too fast the test tells before them.
    answers.catch(() => undefined);
    const received = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    while (received() < COUNT * EACH) {
      const within = ((performance.now() - began) / withinMs + 1) * (most + PIECE) + COUNT * HELD;
      expect(received()).toBeLessThanOrEqual(within);
      await pause(5);
    }
    for (const answer of await answers) expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a connection on which a refused body comes in pieces', () => {
  it('is not idle between two pieces', async () => {
    const app = express().use(refuseAtOnce, answerRefused);
    const { port, server } = await serving(app);
    server.keepAliveTimeout = 50;
    server.keepAliveTimeoutBuffer = 0;
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close').then(() => 'closed');
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n';
    socket.write(head + 'x'.repeat(100));
    await once(socket, 'data');
    expect(await inTime(closed, 500, 'open')).toBe('open');
    socket.write('x'.repeat(100) + head);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });
});

const refuseAtOnce: RequestHandler = (_, __, next) => next(new Error('refused'));

const refuseSoon: RequestHandler = (_, __, next) => {
  setTimeout(() => next(new Error('refused')), 10);
};

const answerRefused: ErrorRequestHandler = (_error, req, res, _next) => {
  readOn(req, res);
  res.status(401).end('no');
};

async function serving(
  listener: RequestListener,
): Promise<{ port: number; sockets: readonly Socket[]; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => void sockets.push(socket));
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets, server };
}

/** What a sender reads that looks at the answer only once it has sent everything. */
async function sentWhole(port: number, bytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  await new Promise((sent) => socket.write(Buffer.alloc(bytes, 7), sent));
  const heard = once(socket, 'data');
  socket.resume();
  const [answer] = (await heard) as [Buffer];
  socket.destroy();
  return answer.toString();
}
