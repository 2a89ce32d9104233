import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Handler } from 'express';

/** Serves content that stays the same as long as the process runs: compressed once, and not sent again to clients that have it. */
export function lasting(type: string, read: () => Buffer): Handler {
  let kept: Promise<Kept> | undefined;
  return async (req, res) => {
    kept ??= keep(read());
    const { whole, packed, tag } = await kept;
    res.set({ 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding', ETag: tag }).type(type);
    if (req.fresh) res.status(304).end();
    else if (req.acceptsEncodings('gzip', 'identity') === 'gzip')
      res.set('Content-Encoding', 'gzip').send(packed);
    else res.send(whole);
  };
}

interface Kept {
  readonly whole: Buffer;
  readonly packed: Buffer;
  readonly tag: string;
}

const pack = promisify(gzip);

/** The tag is weak: compressed or not, the content is the same. */
async function keep(whole: Buffer): Promise<Kept> {
  const digest = createHash('sha256').update(whole).digest('base64url').slice(0, 22);
  return { whole, packed: await pack(whole), tag: `W/"${digest}"` };
}
