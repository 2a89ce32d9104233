import type { Request, Response } from 'express';
import { Leftovers } from './leftovers.ts';

/**
 * Whoever is refused while sending is read on for so long.
 *
 * Most look at an answer once they have sent everything: a connection that is closed before takes it along.
 */
const LINGER_MS = 30_000;

const leftovers = new Leftovers();

/** Reads on what a refused request sends, and forgets it: its answer arrives, and the next request too. */
export function readOn(req: Request, res: Response): void {
  const { socket } = res;
  if (req.readableEnded || socket === null) return;
  // Whoever read it let go of the connection as well.
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
