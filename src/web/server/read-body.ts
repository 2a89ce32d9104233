import type { Readable } from 'node:stream';
import { raw, urlencoded, type Handler, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { fault } from '../../words/index.ts';
import { whenHurried } from './admission.ts';
import { budgets, type BodyBudget } from './budgets.ts';
import { pointerTo, type InputError } from './input-error.ts';

/** Characters of the longest text in a body; only `/codec/decode` accepts longer ones, its payloads. */
export const LONGEST_TEXT = 10_000;

/** Ten times the nesting of any body of ours; within it, code that reads a body may recurse. */
const DEEPEST = 64;

/** Reads and parses the JSON of a request; undefined without a body. */
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

const tooLarge = (most: number): Refusal =>
  new Refusal('BODY_TOO_LARGE', { detail: fault('At most {most} bytes.', { most }) });

/**
 * Says whether the declared length is too long: such a body is refused at once, since a reader would first read all
 * of it.
 */
const isDeclaredTooLong = ({ headers }: Request, mostBytes: number): boolean =>
  headers['content-encoding'] === undefined && Number(headers['content-length'] ?? 0) > mostBytes;

/**
 * Makes a reader of a request's bytes, which are empty without a body; it refuses bodies that are too long or too
 * slow.
 */
export function bodyReader({
  mostBytes,
  withinMs,
}: BodyBudget): (req: Request, res: Response) => Promise<Buffer> {
  const collect = raw({ type: () => true, limit: mostBytes });
  return async (req, res) => {
    if (isDeclaredTooLong(req, mostBytes)) throw tooLarge(mostBytes);
    return new Promise((resolve, reject) => {
      const end = inTotal(res, withinMs, () => reject(new Refusal('REQUEST_TOO_SLOW')));
      collect(req, res, (error?: unknown) => {
        end();
        if (error !== undefined) reject(bodyRefusal(error, mostBytes) ?? error);
        else resolve(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
      });
    });
  };
}

const readBytes = bodyReader(budgets.classes.api.body);

/** Calls `late` when a body takes too long in all, or others need its place; returns the function that ends this. */
function inTotal(res: Response, withinMs: number, late: () => void): () => void {
  const timer = setTimeout(late, withinMs);
  const unhurried = whenHurried(res, late);
  return () => {
    clearTimeout(timer);
    unhurried();
  };
}

/**
 * Makes a handler that parses the fields of a page's form into `req.body`; it refuses forms that are too long or too
 * slow.
 */
export function fieldsReader({ mostBytes, withinMs }: BodyBudget): Handler {
  const collect = urlencoded({ extended: false, limit: mostBytes });
  return (req, res, next) => {
    if (req.is('urlencoded') !== false && isDeclaredTooLong(req, mostBytes))
      throw new Refusal('BODY_TOO_LARGE');
    const end = inTotal(res, withinMs, () => next(new Refusal('REQUEST_TOO_SLOW')));
    collect(req, res, (error?: unknown) => {
      end();
      // A client that was too slow has already been answered.
      if (!res.headersSent) next(error);
    });
  };
}

/** The form in which body parsers report an error of the sender. */
const SenderFault = z.object({ status: z.int().min(400).max(499), expose: z.literal(true) });

/** Converts an error of a body parser to a refusal, if it is the sender's fault. */
export function bodyRefusal(error: unknown, mostBytes?: number): Refusal | undefined {
  const senderFault = SenderFault.safeParse(error);
  if (!senderFault.success) return undefined;
  switch (senderFault.data.status) {
    case 413:
      return mostBytes === undefined ? new Refusal('BODY_TOO_LARGE') : tooLarge(mostBytes);
    case 415:
      return new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {
        detail: 'Send gzip, deflate, br or no encoding, and text in UTF-8.',
      });
    default:
      return new Refusal('INVALID_REQUEST', { detail: 'The body cannot be read: it is malformed or cut.' });
  }
}

/** Parses JSON; refuses it when a text is too long or cannot be stored in PostgreSQL. */
export function jsonOf(bytes: Buffer, longest = LONGEST_TEXT): unknown {
  const value = parse(bytes);
  const found = unwritable(value, longest);
  if (found === undefined) return value;
  const { place, message } = found;
  throw new Refusal('INVALID_REQUEST', { errors: [{ in: 'body', pointer: pointerTo(place), message }] });
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

/** Finds a text that cannot be stored: too long, NUL, half a surrogate pair, or the name of a prototype. */
function unwritable(
  root: unknown,
  longest: number,
): { readonly place: readonly string[]; readonly message: InputError['message'] } | undefined {
  const open: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    const message = typeof value === 'string' ? faultOf(value, longest) : undefined;
    if (message !== undefined) return { place: path, message };
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= DEEPEST) throw tooDeep();
    for (const [key, inner] of Object.entries(value)) {
      const wrongName = faultOf(key, longest);
      if (wrongName !== undefined) return { place: path, message: wrongName };
      if (key === '__proto__') return { place: [...path, key], message: UNKEPT };
      open.push({ value: inner, path: [...path, key] });
    }
  }
  return undefined;
}

const UNKEPT = fault('This name or text cannot be kept.');

function faultOf(text: string, longest: number): InputError['message'] | undefined {
  if (text.length > longest) return fault('At most {longest} characters.', { longest });
  return isWritable(text) ? undefined : UNKEPT;
}

/** Refuses a query, or the fields of a form, with a text that PostgreSQL cannot store or that is too long. */
export function refuseUnwritable(where: InputError['in'], fields: object): void {
  const errors = Object.entries(fields).flatMap((pair: readonly unknown[]): InputError[] => {
    const message = pair
      .flat()
      .flatMap((part) => (typeof part === 'string' ? (faultOf(part, LONGEST_TEXT) ?? []) : []))
      .at(0);
    const name = String(pair[0]).slice(0, LONGEST_NAME);
    return message === undefined ? [] : [{ in: where, pointer: pointerTo([name]), message }];
  });
  if (errors.length > 0) throw new Refusal('INVALID_REQUEST', { errors: errors.slice(0, MOST_ERRORS) });
}

const LONGEST_NAME = 200;
const MOST_ERRORS = 20;

const tooDeep = (): Refusal =>
  new Refusal('INVALID_REQUEST', {
    detail: fault('The body is nested more than {deepest} deep.', { deepest: DEEPEST }),
  });

/** Says whether PostgreSQL can store a text as it is. */
export function isWritable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

const { most, withinMs } = budgets.refusedBytes;

/** Turns for which a busy process makes up at once; more would keep it busy. */
const MOST_CAUGHT_UP = 8;

/**
 * Reads and drops the bodies of refused requests, in turns and at a limited rate for all together: a dozen of a few
 * megabytes would otherwise delay all other answers.
 */
export class Leftovers {
  /** Bodies with unread data; the one that has waited longest comes first. */
  readonly #ready = new Set<Readable>();
  #turns: NodeJS.Timeout | undefined;
  #turnedAt = 0;
  /** Bytes that may be read until the next turn. */
  #left = 0;
  #isIdle = true;

  /** Reads a body until it ends. */
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
      // Read again until it is found empty: only then does a stream announce further data.
      this.#ready.add(body);
    }
  }
}

/** Reads and drops the data that a body has now; returns its size in bytes. */
function pieceOf(body: Readable): number {
  const piece: unknown = body.read();
  return Buffer.isBuffer(piece) ? piece.length : 0;
}

/**
 * Milliseconds for which the body of a refused request is read. Most clients read the answer once they have sent
 * everything: closing the connection before would lose it.
 */
const LINGER_MS = 30_000;

const leftovers = new Leftovers();

/**
 * Reads and drops the body of a refused request, so that the client receives the answer and can send its next
 * request.
 */
export function readOn(req: Request, res: Response): void {
  const { socket } = res;
  if (req.readableEnded || socket === null) return;
  // The reader of the body has closed the connection already.
  if (req.destroyed) return void res.set('Connection', 'close');
  // The whole body has arrived and was read.
  if (req.complete && req.readableLength === 0) return;
  req.unpipe();
  leftovers.read(req);
  res.once('finish', () => {
    // The whole body was read: the connection belongs to the next request.
    if (req.closed) return;
    // Otherwise Node would close the connection as idle within seconds after the answer, while its body waits for its
    // turn.
    socket.setTimeout(LINGER_MS);
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    req.once('close', () => clearTimeout(cut));
  });
}
