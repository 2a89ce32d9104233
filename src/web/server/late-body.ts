import type { Request, Response } from 'express';

/**
 * Whoever is refused while sending is read on for so long.
 *
 * Most look at an answer once they have sent everything: a connection that is closed before takes it along.
 */
const LINGER_MS = 30_000;

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
    req.resume();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    req.once('close', () => clearTimeout(cut));
  });
}
