import type { Readable } from 'node:stream';
import { raw, urlencoded, type Handler, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { fault } from '../../words/index.ts';
import { whenHurried } from './admission.ts';
import { budgets, type BodyBudget } from './budgets.ts';
import { pointerTo, type InputError } from './input-error.ts';

/** Characters of a text in a body: no field takes more. `/codec/decode` alone takes longer ones: payloads, as long as its body. */
export const LONGEST_TEXT = 10_000;

/** No body is a tenth as deep; its readers may then recurse. */
const DEEPEST = 64;

/** Parses the JSON of a request; undefined without a body. */
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

/** A body is refused by its declared length; a reader would first read it to its end, as fast as it comes. */
const isDeclaredTooLong = ({ headers }: Request, mostBytes: number): boolean =>
  headers['content-encoding'] === undefined && Number(headers['content-length'] ?? 0) > mostBytes;

/** Builds a reader of a request's bytes within a bound; undefined without a body. Refuses larger or slower ones. */
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

/** Calls `late` once a body took too long in all, or others need its place; returns the function that ends the wait. */
function inTotal(res: Response, withinMs: number, late: () => void): () => void {
  const timer = setTimeout(late, withinMs);
  const unhurried = whenHurried(res, late);
  return () => {
    clearTimeout(timer);
    unhurried();
  };
}

/** Parses the fields of a page's form into `req.body`, within a bound. */
export function fieldsReader({ mostBytes, withinMs }: BodyBudget): Handler {
  const collect = urlencoded({ extended: false, limit: mostBytes });
  return (req, res, next) => {
    if (req.is('urlencoded') !== false && isDeclaredTooLong(req, mostBytes))
      throw new Refusal('BODY_TOO_LARGE');
    const end = inTotal(res, withinMs, () => next(new Refusal('REQUEST_TOO_SLOW')));
    collect(req, res, (error?: unknown) => {
      end();
      // A late client has already been answered.
      if (!res.headersSent) next(error);
    });
  };
}

/** The shape in which body parsers report the sender's fault. */
const SenderFault = z.object({ status: z.int().min(400).max(499), expose: z.literal(true) });

/** Converts a body parser's error to a refusal, if the fault is the sender's. */
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

/** Parses JSON, if PostgreSQL can store every text of it and none is too long. */
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

/** Turns that a busy process catches up on at once; more would keep it busy again. */
const MOST_CAUGHT_UP = 8;

/**
 * Reads and drops unwanted bodies: of all together so many bytes within a time, each a piece in its turn.
 * Unlimited, a dozen of a few megabytes would delay all other answers.
 */
export class Leftovers {
  /** Bodies with data; the longest waiting comes first. */
  readonly #ready = new Set<Readable>();
  #turns: NodeJS.Timeout | undefined;
  #turnedAt = 0;
  /** Bytes that may be read until the next turn. */
  #left = 0;
  #isIdle = true;

  /** Reads one until it ends. */
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
      // A stream tells of what comes once it was found empty.
      this.#ready.add(body);
    }
  }
}

/** Reads the available part of a body, and returns its size in bytes. */
function pieceOf(body: Readable): number {
  const piece: unknown = body.read();
  return Buffer.isBuffer(piece) ? piece.length : 0;
}

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
