import express, { type Request, type Response, type Router } from 'express';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import {
  type Clock,
  type Database,
  type Log,
  type Vault,
  Refusal,
  type JournalEntry,
} from '../../platform/index.ts';
import { isSameSecret } from '../../crypto/index.ts';
import { operatorCall, type CallReader, isBatch } from '../../gateways/index.ts';
import type { OperatorCall, RawRequest } from '../../sending/index.ts';
import { becomeKnown } from '../server/admission.ts';
import type { OptOutJournal } from '../server/journalled.ts';
import type { Metrics } from '../health/metrics.ts';
import { nameRoute } from '../server/request-log.ts';
import { budgets } from '../server/budgets.ts';
import { bodyReader } from '../server/read-body.ts';
import { fault } from '../../words/index.ts';

export interface InboundAccount extends CallReader {
  readonly id: string;
  readonly name: string;
  /** The secret of its address, and the former one while it is being changed. */
  readonly secrets: readonly string[];
}

export interface InboundParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly database: Database;
  /** Connections reserved for opt-outs, and for calls that may have one. */
  readonly reserved: Database;
  readonly journal: Pick<OptOutJournal, 'take' | 'takeAll' | 'isAsking' | 'here'>;
  readonly metrics: Pick<Metrics, 'countCall'>;
  /** The most bytes kept of one account's calls; 1 GiB by default. */
  readonly mostKeptBytes?: number;
  /** Called with each reply that took effect at once. */
  readonly effective: (entry: JournalEntry) => void;
  /** Logs errors of keeping calls that are no outage. */
  readonly log?: Log;
}

export interface InboundPort {
  readonly accountNamed: (gateway: string) => InboundAccount | undefined;
  /** Called for a call to a valid address with a wrong signature, which a trial of the account reports. */
  readonly misSigned: (account: InboundAccount) => Promise<unknown>;
  /**
   * Resolves once everything in the call is durable, understood or not; with `kept` when some of it takes effect
   * later.
   */
  readonly receive: (account: InboundAccount, call: OperatorCall) => Promise<'heard' | 'kept'>;
}

const METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'PUT', 'PATCH']);

/** Makes the router of operators' calls: one address for each account, with an unguessable secret. */
export function inboundRouter(port: InboundPort): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  router.all(
    '/:gateway/:secret',
    async (req: Request<{ gateway: string; secret: string }>, res: Response) => {
      nameRoute(res, '/v1/inbound/{gateway}/{secret}');
      const account = port.accountNamed(req.params.gateway);
      if (account === undefined || !opens(account.secrets, req.params.secret)) throw new Refusal('NOT_FOUND');
      if (!METHODS.has(req.method)) throw new Refusal('METHOD_NOT_ALLOWED');
      becomeKnown(res, { tenant: account.id, key: account.id }, 'callbacks');
      // Read after the secret was checked: no byte of a stranger's body is read.
      const { body, contentEncoding } = await readInboundBody(req, res);
      const request = rawRequest(req, body);
      if (!account.isGenuine(request)) {
        await port.misSigned(account);
        throw new Refusal('SIGNATURE_WRONG');
      }
      const call = operatorCall(request, contentEncoding);
      refuseLarge(body, () => isBatch(call));
      res.status((await port.receive(account, call)) === 'heard' ? 204 : 202).end();
    },
  );
  return router;
}

const NOWHERE = 'http://localhost/';

const rawRequest = (req: Request, body: Buffer): RawRequest => ({
  method: req.method,
  // Without the host, which may be a proxy's; operators that sign an address sign the public one.
  url: URL.parse(req.originalUrl, NOWHERE)?.href ?? NOWHERE,
  headers: req.headers,
  body,
});

/** Compares all secrets, so that the time does not reveal which one matches. */
const opens = (secrets: readonly string[], given: string): boolean =>
  secrets.map((secret) => isSameSecret(given, secret)).includes(true);

const read = bodyReader(budgets.classes.inbound.body);
/** Bytes of the largest call with many items, compressed or not. */
const LARGEST_BATCH = budgets.classes.inbound.body.mostBytes;
const LARGEST_CALL = 65_536;

const bounded = { maxOutputLength: LARGEST_BATCH };
const decompressions: ReadonlyMap<string, (bytes: Buffer) => Promise<Buffer>> = new Map([
  ['gzip', (bytes) => promisify(gunzip)(bytes, bounded)],
  ['x-gzip', (bytes) => promisify(gunzip)(bytes, bounded)],
  ['deflate', (bytes) => promisify(inflate)(bytes, bounded)],
  ['br', (bytes) => promisify(brotliDecompress)(bytes, bounded)],
  ['zstd', (bytes) => promisify(zstdDecompress)(bytes, bounded)],
]);

/**
 * Reads the body of a call and decompresses it, both within limits; returns the encoding when it could not be
 * decompressed.
 */
async function readInboundBody(
  req: Request,
  res: Response,
): Promise<{ readonly body: Buffer; readonly contentEncoding: string }> {
  const encoding = (req.headers['content-encoding'] ?? '').trim().toLowerCase();
  // Removed, so that the body reader does not refuse a body that is compressed wrongly, which is kept too.
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

/** Refuses a body that is too large for one item, unless it is a list. */
function refuseLarge({ length }: Buffer, isList: () => boolean): void {
  if (length > LARGEST_CALL && !isList()) throw tooLarge(LARGEST_CALL);
}

const tooLarge = (most: number): Refusal =>
  new Refusal('BODY_TOO_LARGE', { detail: fault('At most {most} bytes.', { most }) });

const isTooLarge = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
