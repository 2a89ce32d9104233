import { once } from 'node:events';
import type { Response } from 'express';

/** Writes texts as fast as the reader takes them; a reader who leaves ends it. */
export async function sendLines(res: Response, lines: AsyncIterable<string>): Promise<void> {
  for await (const text of lines) {
    if (res.destroyed) return;
    if (!res.write(text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}
