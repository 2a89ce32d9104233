import type { Request, Response } from 'express';
import { Leftovers } from './leftovers.ts';

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
