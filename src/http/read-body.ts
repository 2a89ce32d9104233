import { raw, urlencoded, type Handler, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { whenHurried } from './admission.ts';
import { budgets, type BodyBudget } from './budgets.ts';
import { pointerTo, type InputError } from './input-error.ts';
import { fault } from '../words/fault.ts';

/** Nothing that is asked for is a tenth as deep; what reads it further may then recurse. */
const DEEPEST = 64;

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

/** Reads the bytes of a request within a bound; none when it carries none. Refuses what is larger or slower. */
export function bodyReader({
  mostBytes,
  withinMs,
}: BodyBudget): (req: Request, res: Response) => Promise<Buffer> {
  const collect = raw({ type: () => true, limit: mostBytes });
  return (req, res) =>
    new Promise((resolve, reject) => {
      const end = inTotal(res, withinMs, () => reject(new Refusal('REQUEST_TOO_SLOW')));
      collect(req, res, (error?: unknown) => {
        end();
        if (error !== undefined) reject(bodyRefusal(error, mostBytes) ?? error);
        else resolve(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
      });
    });
}

/** As long as a body of JSON may be. */
const readBytes = bodyReader(budgets.classes.api.body);

/** Says so once a body took too long in all, or others need its place; whoever has it whole ends that. */
function inTotal(res: Response, withinMs: number, late: () => void): () => void {
  const timer = setTimeout(late, withinMs);
  const unhurried = whenHurried(res, late);
  return () => {
    clearTimeout(timer);
    unhurried();
  };
}

/** Reads the fields of a page's form into `req.body`, within a bound. */
export function fieldsReader({ mostBytes, withinMs }: BodyBudget): Handler {
  const collect = urlencoded({ extended: false, limit: mostBytes });
  return (req, res, next) => {
    const end = inTotal(res, withinMs, () => next(new Refusal('REQUEST_TOO_SLOW')));
    collect(req, res, (error?: unknown) => {
      end();
      // Whoever came too late was answered.
      if (!res.headersSent) next(error);
    });
  };
}

/** How readers of bodies tell that the sender is at fault. */
const SenderFault = z.object({ status: z.int().min(400).max(499), expose: z.literal(true) });

/** The refusal of a body that could not be read, if the fault is the sender's. */
export function bodyRefusal(error: unknown, mostBytes?: number): Refusal | undefined {
  const told = SenderFault.safeParse(error);
  if (!told.success) return undefined;
  switch (told.data.status) {
    case 413:
      return new Refusal(
        'BODY_TOO_LARGE',
        mostBytes === undefined ? {} : { detail: fault('At most {most} bytes.', { most: mostBytes }) },
      );
    case 415:
      return new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {
        detail: 'Send gzip, deflate, br or no encoding, and text in UTF-8.',
      });
    default:
      return new Refusal('INVALID_REQUEST', { detail: 'The body cannot be read: it is malformed or cut.' });
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
  new Refusal('INVALID_REQUEST', {
    detail: fault('The body is nested more than {deepest} deep.', { deepest: DEEPEST }),
  });

/** Whether PostgreSQL can keep a text as it is. */
export function isWritable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
