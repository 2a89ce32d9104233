import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { budgets } from './budgets.ts';

const { most, withinMs } = budgets.refusedBytes;

/** Turns that a busy process catches up on at once; more would keep it busy again. */
const MOST_CAUGHT_UP = 8;

/**
 * Reads and drops unwanted bodies: of all together so many bytes within a time, each a piece in its turn.
 * Unlimited, a dozen of a few megabytes would delay all other answers.
 */
export class Leftovers {
  /** Bodies with data; the longest waiting comes first. */
  readonly #ready = new Set<Readable>();
  #turns: NodeJS.Timeout | undefined;
  #turnedAt = 0;
  /** Bytes that may be read until the next turn. */
  #left = 0;
  #isIdle = true;

  /** Reads one until it ends. */
  read(body: Readable): void {
    body.on('readable', () => this.#takeNote(body));
    body.once('close', () => this.#ready.delete(body));
    // Node drops a body at full speed if nobody has begun to read it when the answer is written.
    if (pieceOf(body) > 0) this.#takeNote(body);
  }

  #takeNote(body: Readable): void {
    this.#ready.add(body);
    if (this.#turns === undefined) {
      this.#turnedAt = performance.now();
      this.#left = most;
      this.#turns = setInterval(() => this.#turn(), withinMs);
    }
    this.#readSome();
  }

  #turn(): void {
    if (this.#isIdle && this.#ready.size === 0) {
      clearInterval(this.#turns);
      this.#turns = undefined;
      return;
    }
    const now = performance.now();
    this.#left = most * Math.min((now - this.#turnedAt) / withinMs, MOST_CAUGHT_UP);
    this.#turnedAt = now;
    this.#isIdle = true;
    this.#readSome();
  }

  #readSome(): void {
    for (const body of this.#ready) {
      if (this.#left <= 0) return;
      this.#ready.delete(body);
      const bytes = pieceOf(body);
      if (bytes === 0) continue;
      this.#left -= bytes;
      this.#isIdle = false;
      // A stream tells of what comes once it was found empty.
      this.#ready.add(body);
    }
  }
}

/** Reads the available part of a body, and returns its size in bytes. */
function pieceOf(body: Readable): number {
  const piece: unknown = body.read();
  return Buffer.isBuffer(piece) ? piece.length : 0;
}

/**
 * Milliseconds for which a refused sender is read on. Most read an answer once they have sent everything: closing
 * the connection before would lose it.
 */
const LINGER_MS = 30_000;

const leftovers = new Leftovers();

/** Reads on the body of a refused request, and drops it: its answer arrives, and the next request too. */
export function readOn(req: Request, res: Response): void {
  const { socket } = res;
  if (req.readableEnded || socket === null) return;
  // The reader of the body has closed the connection as well.
  if (req.destroyed) return void res.set('Connection', 'close');
  // All of it has come, and nothing is left of it.
  if (req.complete && req.readableLength === 0) return;
  req.unpipe();
  leftovers.read(req);
  res.once('finish', () => {
    // Nothing is left to read: the connection is the next request's.
    if (req.closed) return;
    // However late its turn comes: after an answer Node takes a connection that sends nothing for idle within seconds.
    socket.setTimeout(LINGER_MS);
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    req.once('close', () => clearTimeout(cut));
  });
}
