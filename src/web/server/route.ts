import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Response, Request } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../company/index.ts';
import type { OptOutLinks } from '../../person/index.ts';
import {
  type Clock,
  type Database,
  type Vault,
  type Log,
  type Transaction,
  Refusal,
  type JournalEntry,
} from '../../platform/index.ts';
import type { Role } from '../../base/index.ts';
import type { Language } from '../../words/index.ts';
import type { ApiGateway } from '../../gateways/index.ts';
import type { Metrics } from '../health/metrics.ts';
import { actorOf, reasonKept, type KnownCallers, type Caller } from './caller.ts';
import { parsed } from './input-error.ts';
import type { OptOutJournal } from './journalled.ts';
import type { LiveStreams } from './budgets.ts';
import { moment } from './schema.ts';

/** The parts of the process that every route may use. */
export interface Api {
  /** The journal that keeps opt-outs before the database knows of them. */
  readonly journal: OptOutJournal;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The configured accounts, without what callers may not know. */
  readonly gateways: readonly ApiGateway[];
  /** The base URL of this instance, without a slash at the end. */
  readonly publicUrl: string;
  /** What opt-out links are made of. */
  readonly optOut: OptOutLinks;
  /** Proxies whose headers are trusted to name a visitor's address. */
  readonly trustedProxies?: readonly string[];
  /** True when webhooks may be sent by http, and to addresses of the local network. */
  readonly privateWebhooks: boolean;
  readonly callers: KnownCallers;
  readonly live: LiveStreams;
  /** True when each request is traced. */
  readonly traced?: boolean;
  /** The key that may create tenants; without it nobody can. */
  readonly instanceKey?: string;
}

/** An answer with another status, or other headers, than the route has. */
export class Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, body: T, headers: OutgoingHttpHeaders = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Returns the value; refuses with NOT_FOUND when it is undefined. */
export function orNotFound<T>(value: T | undefined): T {
  if (value === undefined) throw new Refusal('NOT_FOUND');
  return value;
}

/** Records an act of the caller in the audit, now. */
export const noteAct = (
  { api, tx, caller }: Pick<Context, 'api' | 'tx' | 'caller'>,
  action: string,
  about: Omit<Parameters<typeof recordAudit>[1], 'actor' | 'action'> = {},
): Promise<void> => recordAudit(tx, { actor: actorOf(caller), action, ...about }, moment(api.clock));

/** Records in the audit that the caller read personal data in clear, with the reason if there is one. */
export async function noteClearRead(
  { reason, ...call }: Pick<Context, 'api' | 'tx' | 'caller' | 'reason'>,
  action: string,
  subject: string,
): Promise<void> {
  if (call.caller.role === 'auditor' && reason === undefined) throw new Refusal('REASON_NEEDED');
  await noteAct(call, action, { subject, details: reasonKept(reason) });
}

/** Sends lines of CSV as a file with that name. */
export async function sendCsv(res: Response, name: string, lines: AsyncIterable<string>): Promise<undefined> {
  res.set('Content-Disposition', `attachment; filename="${name}"`).type('text/csv; charset=utf-8');
  await sendLines(res, lines);
  return undefined;
}

/** Writes texts as fast as the client reads them; stops when it disconnects. */
export async function sendLines(res: Response, lines: AsyncIterable<string>): Promise<void> {
  for await (const text of lines) {
    if (res.destroyed) return;
    await sendText(res, text);
  }
  res.end();
}

/** Writes a text, and waits when the client reads slowly. */
export async function sendText(res: Response, text: string): Promise<void> {
  if (res.destroyed) return;
  const isFlowing = res.write(text);
  if (!isFlowing && !res.destroyed) await taken(res);
}

/** Resolves once the client has read the waiting data, or has disconnected; leaves no listener behind. */
async function taken(res: Response): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]);
  over.abort();
}

export interface Context {
  readonly api: Api;
  /** A transaction of the caller's tenant, which is committed when the route has returned its answer. */
  readonly tx: Transaction;
  readonly caller: Caller;
  readonly language: Language;
  /** The reason for reading data in clear, from `X-Reason`. */
  readonly reason: string | undefined;
  /** Writes an opt-out to the journal, before the route records it in the transaction. */
  readonly journal: (entry: JournalEntry) => Promise<void>;
}

/** What a route has while the database is away. */
export type Bare = Omit<Context, 'tx'>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The method and the path of an endpoint, with parameters in braces, as in the OpenAPI document. */
export type Endpoint = `${Uppercase<Method>} /v1/${string}`;

/** One endpoint: its roles, input and output, and its texts in the OpenAPI document. */
interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly roles: readonly Role[];
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** 200 by default. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Further statuses of success, for an `Answer`. */
  readonly also?: readonly number[];
  /** True for a POST that changes nothing, and so ignores `Idempotency-Key`. */
  readonly reads?: true;
  readonly run: (
    call: Context & {
      readonly params: z.output<P>;
      readonly query: z.output<Q>;
      readonly body: z.output<B>;
    },
  ) => Promise<z.input<R> | Answer<z.input<R>>>;
  /** Answers an opt-out with 202 by the journal alone, while the database is away and the key was seen recently. */
  readonly withoutDatabase?: (
    call: Bare & { readonly params: z.output<P>; readonly body: z.output<B> },
  ) => Promise<z.input<R>>;
}

interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly language: Language;
}

type Described = Pick<
  RouteSpec<z.ZodType, z.ZodType, z.ZodType, z.ZodType>,
  'roles' | 'summary' | 'also' | 'reads'
>;

/** An endpoint, without the types of its input and output. */
export interface Route extends Described {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly status: number;
  readonly schemas: {
    readonly params: z.ZodType;
    readonly query: z.ZodType;
    readonly body: z.ZodType;
    readonly reply: z.ZodType;
  };
  /** True for a stream whose body must be empty. */
  readonly saysNothing?: true;
  /** Content types of a body that is not JSON, for the OpenAPI document. */
  readonly consumes?: readonly string[];
  /** The content type of an answer that is not JSON. */
  readonly produces?: string;
  /** Parses the input, or refuses it; the returned function does the work in a transaction. */
  readonly prepare: (raw: RawInput) => (context: Context) => Promise<Answer>;
  /** Does the same for an answer without the database; absent for routes that need it. */
  readonly prepareBare?: (raw: RawInput) => (context: Bare) => Promise<Answer>;
  /** True for a stream that is no export: it only opens its transactions itself, and its answer is short. */
  readonly isShort?: true;
  /** Replaces `prepare` for a route that reads or writes the connection itself, in transactions of its own. */
  readonly stream?: (raw: RawInput, exchange: LongExchange) => Promise<Answer | undefined>;
}

/** The arguments of a route whose body or answer is too long for memory. */
export interface LongExchange extends Omit<Context, 'tx' | 'journal'> {
  readonly req: Request;
  readonly res: Response;
}

/** One endpoint that streams; `run` returns undefined when it has written its answer itself. */
export interface StreamSpec<P extends z.ZodType, Q extends z.ZodType> extends Described {
  readonly params?: P;
  readonly query?: Q;
  readonly reply: z.ZodType;
  readonly status?: number;
  readonly saysNothing?: true;
  readonly consumes?: readonly string[];
  readonly produces?: string;
  readonly run: (
    call: LongExchange & { readonly params: z.output<P>; readonly query: z.output<Q> },
  ) => Promise<Answer | undefined>;
}

export const Nothing = z.strictObject({});

/** An optional empty body. */
export const EmptyBody = z.strictObject({}).prefault({});

export const NoContent = z.undefined();

/** A route without its section of the OpenAPI document. */
export type Untagged = Omit<Route, 'tag'>;

/** Puts routes in one section of the OpenAPI document. */
export const tagged = (tag: string, routes: readonly Untagged[]): readonly Route[] =>
  routes.map((one) => ({ ...one, tag }));

/** Makes a route, whose input is parsed by the schemas of its endpoint. */
export function route<
  R extends z.ZodType,
  P extends z.ZodType = typeof Nothing,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof EmptyBody,
>(endpoint: Endpoint, spec: RouteSpec<P, Q, B, R>): Untagged {
  const {
    params = Nothing,
    query = Nothing,
    body = EmptyBody,
    reply,
    status = 200,
    run,
    withoutDatabase,
    ...described
  } = spec;
  return {
    ...described,
    ...named(endpoint),
    status,
    schemas: { params, query, body, reply },
    ...(withoutDatabase === undefined
      ? {}
      : {
          prepareBare: (raw: RawInput) => {
            // A schema left out is the default of its type parameter.
            const input = {
              params: paramsOf(params, raw.params) as z.output<P>,
              body: parsed(body, raw.body, { where: 'body' }) as z.output<B>,
            };
            return async (context: Bare) =>
              new Answer(202, reply.parse(await withoutDatabase({ ...context, ...input })));
          },
        }),
    prepare: (raw) => {
      // A schema left out is the default of its type parameter.
      const input = {
        params: paramsOf(params, raw.params) as z.output<P>,
        query: parsed(query, raw.query, { where: 'query' }) as z.output<Q>,
        body: parsed(body, raw.body, { where: 'body' }) as z.output<B>,
      };
      return async (context) => {
        const made = await run({ ...context, ...input });
        const answer = made instanceof Answer ? made : new Answer(status, made);
        return new Answer(answer.status, reply.parse(answer.body), answer.headers);
      };
    },
  };
}

/** Makes a route that streams. */
export function streamRoute<P extends z.ZodType = typeof Nothing, Q extends z.ZodType = typeof Nothing>(
  endpoint: Endpoint,
  spec: StreamSpec<P, Q>,
): Untagged {
  const { params = Nothing, query = Nothing, reply, status = 200, run, ...described } = spec;
  return {
    ...described,
    ...named(endpoint),
    status,
    schemas: { params, query, body: EmptyBody, reply },
    prepare: () => () => Promise.reject(new Refusal('NOT_FOUND')),
    stream: (raw, exchange) => {
      if (described.saysNothing === true) parsed(EmptyBody, raw.body, { where: 'body' });
      return run({
        ...exchange,
        // A schema left out is the default of its type parameter.
        params: paramsOf(params, raw.params) as z.output<P>,
        query: parsed(query, raw.query, { where: 'query' }) as z.output<Q>,
      });
    },
  };
}

function named(endpoint: Endpoint): Pick<Route, 'method' | 'path'> {
  const [method, path] = endpoint.split(' ', 2);
  // By its type, an endpoint begins with a method in capitals.
  return { method: method?.toLowerCase() as Method, path: path ?? '' };
}

/** Parses the parameters of a path; refuses an impossible id as an unknown one, with NOT_FOUND. */
function paramsOf(schema: z.ZodType, given: unknown): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new Refusal('NOT_FOUND');
}
