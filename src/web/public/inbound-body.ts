import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import type { Request, Response } from 'express';
import { Refusal } from '../../platform/index.ts';
import { budgets } from '../server/budgets.ts';
import { bodyReader } from '../server/read-body.ts';
import { fault } from '../../words/index.ts';

const read = bodyReader(budgets.classes.inbound.body);
/** Of a list of things told together, compressed or not. */
const LARGEST_BATCH = budgets.classes.inbound.body.mostBytes;
/** Of one thing told. */
const LARGEST_CALL = 65_536;

/** The body of a call, and how it is still compressed where nobody could undo that. */
export interface InboundBody {
  readonly body: Buffer;
  readonly contentEncoding: string;
}

const bounded = { maxOutputLength: LARGEST_BATCH };
const decompressions: ReadonlyMap<string, (bytes: Buffer) => Promise<Buffer>> = new Map([
  ['gzip', (bytes) => promisify(gunzip)(bytes, bounded)],
  ['x-gzip', (bytes) => promisify(gunzip)(bytes, bounded)],
  ['deflate', (bytes) => promisify(inflate)(bytes, bounded)],
  ['br', (bytes) => promisify(brotliDecompress)(bytes, bounded)],
  ['zstd', (bytes) => promisify(zstdDecompress)(bytes, bounded)],
]);

/** Reads the body of a call: bounded before and after it is decompressed, whatever it claims to be. */
export async function readInboundBody(req: Request, res: Response): Promise<InboundBody> {
  const encoding = (req.headers['content-encoding'] ?? '').trim().toLowerCase();
  // What is compressed wrongly is kept as well: the reader of bodies would refuse it.
  delete req.headers['content-encoding'];
  const bytes = await read(req, res);
  if (encoding === '' || encoding === 'identity' || bytes.length === 0)
    return { body: bytes, contentEncoding: '' };
  const decompress = decompressions.get(encoding);
  if (decompress === undefined) return { body: bytes, contentEncoding: encoding };
  try {
    return { body: await decompress(bytes), contentEncoding: '' };
  } catch (cause) {
    if (isTooLarge(cause)) throw tooLarge(LARGEST_BATCH);
    return { body: bytes, contentEncoding: encoding };
  }
}

/** Refuses a body that is larger than one thing may be and holds no list of them. */
export function refuseLarge({ length }: Buffer, isBatch: () => boolean): void {
  if (length > LARGEST_CALL && !isBatch()) throw tooLarge(LARGEST_CALL);
}

const tooLarge = (most: number): Refusal =>
  new Refusal('BODY_TOO_LARGE', { detail: fault('At most {most} bytes.', { most }) });

const isTooLarge = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
