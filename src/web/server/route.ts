import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Transaction, Refusal, type JournalEntry } from '../../platform/index.ts';
import { Answer } from './answer.ts';
import type { Caller, Role } from './caller.ts';
import { parsed } from './input-error.ts';
import type { Language } from '../../words/index.ts';

/** What every route is given besides its input. */
export interface Context {
  /** Sees the caller's tenant only; committed when the answer is made. */
  readonly tx: Transaction;
  readonly caller: Caller;
  readonly language: Language;
  /** Why a clear read happens, from `X-Reason`. */
  readonly reason: string | undefined;
  /** Writes an opt-out where it outlives this transaction and the database; then the route commits it. */
  readonly journal: (entry: JournalEntry) => Promise<void>;
}

/** What is left of it while the database is away. */
export type Bare = Omit<Context, 'tx'>;

/** One endpoint: who may, what comes in, what goes out, and the sentence of the document. */
export interface RouteSpec<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{names}` in braces, as the document writes it. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** 200 unless said otherwise. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Other statuses of success that the route may answer with `Answer`. */
  readonly also?: readonly number[];
  /** A POST that changes nothing: `Idempotency-Key` means nothing to it. */
  readonly reads?: true;
  readonly run: (
    call: Context & {
      readonly params: z.output<P>;
      readonly query: z.output<Q>;
      readonly body: z.output<B>;
    },
  ) => Promise<z.input<R> | Answer<z.input<R>>>;
  /** For whoever leaves while the database is away: answers 202 by the journal alone, to a key seen lately. */
  readonly withoutDatabase?: (
    call: Bare & { readonly params: z.output<P>; readonly body: z.output<B> },
  ) => Promise<z.input<R>>;
}

/** A request before anything is believed of it. */
interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly language: Language;
}

type Described = Pick<
  RouteSpec<z.ZodType, z.ZodType, z.ZodType, z.ZodType>,
  'method' | 'path' | 'roles' | 'summary' | 'tag' | 'also' | 'reads'
>;

/** An endpoint, its types closed over. */
export interface Route extends Described {
  readonly status: number;
  readonly schemas: {
    readonly params: z.ZodType;
    readonly query: z.ZodType;
    readonly body: z.ZodType;
    readonly reply: z.ZodType;
  };
  /** Of one that streams: its body is read before, and must say nothing. */
  readonly saysNothing?: true;
  /** Content type of a body that is not JSON, for the document. */
  readonly consumes?: readonly string[];
  /** Content type of an answer that is not JSON. */
  readonly produces?: string;
  /** Parses the input, or refuses; what it returns does the work within a transaction. */
  readonly prepare: (raw: RawInput) => (context: Context) => Promise<Answer>;
  /** Answers while the database is away; absent where nothing can be promised then. */
  readonly prepareBare?: (raw: RawInput) => (context: Bare) => Promise<Answer>;
  /** A stream only because it opens no transaction by itself: its answer is short, and it is no export. */
  readonly isShort?: true;
  /** Instead of `prepare`: reads or writes the connection itself, in transactions of its own. */
  readonly stream?: (raw: RawInput, exchange: Exchange) => Promise<Answer | undefined>;
}

/** A request whose body or answer is too long to hold. */
export interface Exchange extends Omit<Context, 'tx' | 'journal'> {
  readonly req: Request;
  readonly res: Response;
}

/** One endpoint that streams; `run` answers undefined once it has written everything. */
export interface StreamSpec<P extends z.ZodType, Q extends z.ZodType> extends Described {
  readonly params?: P;
  readonly query?: Q;
  readonly reply: z.ZodType;
  readonly status?: number;
  readonly saysNothing?: true;
  readonly consumes?: readonly string[];
  readonly produces?: string;
  readonly run: (
    call: Exchange & { readonly params: z.output<P>; readonly query: z.output<Q> },
  ) => Promise<Answer | undefined>;
}

/** Nothing may be given here. */
export const Nothing = z.strictObject({});

/** A body that may be left out, and says nothing. */
export const EmptyBody = z.strictObject({}).prefault({});

/** No answer besides the status. */
export const NoContent = z.undefined();

/** Closes over the types of one endpoint. */
export function route<
  R extends z.ZodType,
  P extends z.ZodType = typeof Nothing,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof EmptyBody,
>(spec: RouteSpec<P, Q, B, R>): Route {
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
    status,
    schemas: { params, query, body, reply },
    ...(withoutDatabase === undefined
      ? {}
      : {
          prepareBare: ({ params: named, body: given }: RawInput) => {
            const input = {
              params: paramsOf(params, named) as z.output<P>,
              body: parsed(body, given, { where: 'body' }) as z.output<B>,
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

/** Closes over the types of one endpoint that streams. */
export function streamRoute<P extends z.ZodType = typeof Nothing, Q extends z.ZodType = typeof Nothing>(
  spec: StreamSpec<P, Q>,
): Route {
  const { params = Nothing, query = Nothing, reply, status = 200, run, ...described } = spec;
  return {
    ...described,
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

/** An id that cannot be one is answered like one that is not there. */
function paramsOf(schema: z.ZodType, given: unknown): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new Refusal('NOT_FOUND');
}
