import { raw, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { pointerTo, type InputError } from './input-error.ts';

/** A body of JSON fits in it many times over; files go to imports. */
const MOST_BYTES = 1_048_576;
const ARRIVES_WITHIN_MS = 15_000;
/** Nothing that is asked for is a tenth as deep; what reads it further may then recurse. */
const DEEPEST = 64;

const collect = raw({ type: () => true, limit: MOST_BYTES });

/** The JSON of a request, undefined when it carries none. */
export async function readJson(req: Request, res: Response): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  if (req.is(['json', '+json']) === false)
    throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send application/json in UTF-8.' });
  const bytes = await readBytes(req, res);
  return bytes.length === 0 ? undefined : jsonOf(bytes);
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** The bytes of a request, bounded in size and in time; none when it carries none. */
export function readBytes(req: Request, res: Response): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Refusal('REQUEST_TOO_SLOW')), ARRIVES_WITHIN_MS);
    collect(req, res, (error?: unknown) => {
      clearTimeout(late);
      if (error !== undefined) reject(refusalOf(error));
      else resolve(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
    });
  });
}

const Named = z.object({ type: z.string() });

/** What the reader of bodies complains of, in our words. */
function refusalOf(error: unknown): unknown {
  const named = Named.safeParse(error);
  if (!named.success) return new Refusal('INVALID_REQUEST', { detail: 'The body cannot be decompressed.' });
  switch (named.data.type) {
    case 'entity.too.large':
      return new Refusal('BODY_TOO_LARGE', { detail: `At most ${MOST_BYTES} bytes.` });
    case 'encoding.unsupported':
      return new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send gzip, deflate, br or no encoding.' });
    default:
      return new Refusal('INVALID_REQUEST', { detail: 'The body did not arrive whole.' });
  }
}

/** The JSON that bytes hold, if PostgreSQL can keep every text of it. */
export function jsonOf(bytes: Buffer): unknown {
  const value = parse(bytes);
  const place = unwritable(value);
  if (place === undefined) return value;
  throw new Refusal('INVALID_REQUEST', {
    errors: [{ in: 'body', pointer: pointerTo(place), message: 'This name or text cannot be kept.' }],
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new Refusal('INVALID_REQUEST', { detail: 'The body is not JSON in UTF-8.' });
    throw cause;
  }
}

/** Where a text stands that nobody could keep: NUL, half a surrogate pair, or the name of a prototype. */
function unwritable(root: unknown): readonly string[] | undefined {
  const open: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isWritable(value)) return path;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= DEEPEST) throw tooDeep();
    for (const [key, inner] of Object.entries(value)) {
      if (!isWritable(key)) return path;
      if (key === '__proto__') return [...path, key];
      open.push({ value: inner, path: [...path, key] });
    }
  }
  return undefined;
}

/** Refuses a query, or the fields of a form, with a text that PostgreSQL cannot keep. */
export function refuseUnwritable(where: InputError['in'], fields: object): void {
  const strange = Object.entries(fields).filter((pair: readonly unknown[]) =>
    pair.flat().some((part) => typeof part === 'string' && !isWritable(part)),
  );
  if (strange.length === 0) return;
  const message = 'This text cannot be kept.';
  throw new Refusal('INVALID_REQUEST', {
    errors: strange.map(([name]) => ({ in: where, pointer: pointerTo([name]), message })),
  });
}

const tooDeep = (): Refusal =>
  new Refusal('INVALID_REQUEST', { detail: `The body is nested more than ${DEEPEST} deep.` });

/** Whether PostgreSQL can keep a text as it is. */
export function isWritable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
