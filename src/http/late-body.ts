import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { budgets } from './budgets.ts';

/**
 * Whoever is refused while sending is read on for so long.
 *
 * Most look at an answer once they have sent everything: a connection that is closed before takes it along.
 */
const LINGER_MS = 30_000;
/** Shorter waits are not worth a timer. */
const SHORTEST_WAIT_MS = 5;

const { bytesPerMs } = budgets.leftovers;
/** When all that was read until now was owed, on the monotonic scale: what refused people send shares one pace. */
let paidAt = 0;

/**
 * Reads on what nobody needs, and forgets it, no faster than all that is refused may be read together.
 *
 * Read as fast as it came, a dozen bodies of megabytes held up each step of everybody else's request.
 */
export function readOnSlowly(stream: Readable): void {
  let again: NodeJS.Timeout | undefined;
  stream.once('close', () => clearTimeout(again));
  stream.on('data', (piece: Buffer) => {
    const now = performance.now();
    paidAt = Math.max(paidAt, now) + piece.length / bytesPerMs;
    if (paidAt - now < SHORTEST_WAIT_MS) return;
    stream.pause();
    again = setTimeout(() => stream.resume(), paidAt - now);
  });
}

/** Reads on what a refused request sends, and forgets it: its answer arrives, and the next request too. */
export function readOn(req: Request, res: Response): void {
  const { socket } = res;
  if (req.readableEnded || socket === null) return;
  // Whoever read it let go of the connection as well.
  if (req.destroyed) return void res.set('Connection', 'close');
  res.once('finish', () => {
    // Nothing is left to read: the connection is the next request's.
    if (req.closed) return;
    req.unpipe();
    readOnSlowly(req);
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    req.once('close', () => clearTimeout(cut));
  });
}
