import { errors, type Dispatcher, Client } from 'undici';
import type { CallBounds, Moments, Slot } from '../sending/index.ts';

/** One request, complete: a body is never streamed. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface AnsweredExchange extends Moments {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The outcome of one request; `not-connected` and `not-written` prove that no byte was sent. */
export type Exchange =
  | AnsweredExchange
  | (Moments & { readonly kind: 'unknown'; readonly reason: 'timeout' | 'reset' | 'parse' })
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'not-written'; readonly reason: 'too-late' | 'aborted' };

/** The bounds within which the first byte of a write must be sent. */
export type WriteBounds = Pick<
  CallBounds,
  'writeBefore' | 'signal' | 'monotonic' | 'machine' | 'onFirstByte'
>;

/** The error with which we end a request ourselves; undici passes it back to us. */
class Ended extends Error {
  override readonly name = 'Ended';
}

const UNREADABLE = [
  errors.HTTPParserError,
  errors.HeadersOverflowError,
  errors.ResponseContentLengthMismatchError,
  errors.ResponseExceededMaxSizeError,
];

/** Returns the reason why a write may not begin any more; undefined while it may. */
export function tooLate({ signal, monotonic, writeBefore }: WriteBounds): 'aborted' | 'too-late' | undefined {
  if (signal.aborted) return 'aborted';
  return monotonic() >= writeBefore ? 'too-late' : undefined;
}

/**
 * Follows one request on one connection. `onRequestStart` runs in the same call as the write of the first byte:
 * undici lets an idle socket show a pending close first, so `dispatch` itself is earlier by up to one turn of the
 * event loop.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #bounds: WriteBounds;
  readonly #timeoutMs: number;
  readonly #settle: (exchange: Exchange) => void;
  #firstByteAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #status = 0;
  #headers: AnsweredExchange['headers'] = {};
  #chunks: Buffer[] = [];

  constructor(bounds: WriteBounds, timeoutMs: number, settle: (exchange: Exchange) => void) {
    this.#bounds = bounds;
    this.#timeoutMs = timeoutMs;
    this.#settle = settle;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const reason = tooLate(this.#bounds);
    if (reason !== undefined) {
      this.#settle({ kind: 'not-written', reason });
      controller.abort(new Ended(reason));
      return;
    }
    this.#firstByteAt = this.#bounds.machine();
    this.#bounds.onFirstByte?.(this.#bounds.monotonic());
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      controller.abort(new Ended('timeout'));
    }, this.#timeoutMs);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: AnsweredExchange['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const [first, ...more] = this.#chunks;
    const body = more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#settle({
      kind: 'answered',
      status: this.#status,
      headers: this.#headers,
      body: body?.toString('utf8') ?? '',
      ...this.#moments(this.#firstByteAt ?? 0),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    if (this.#firstByteAt === undefined) this.#settle({ kind: 'not-connected' });
    else this.#settle({ kind: 'unknown', reason: this.#why(error), ...this.#moments(this.#firstByteAt) });
  }

  #why(error: Error): 'timeout' | 'reset' | 'parse' {
    if (this.#timedOut) return 'timeout';
    return UNREADABLE.some((kind) => error instanceof kind) ? 'parse' : 'reset';
  }

  #moments(firstByteAt: number): Moments {
    return { firstByteAt, answeredAt: this.#bounds.machine() };
  }
}

/** Connections kept open when idle, so that a single reminder finds one. */
const WARM = 4;

const RECONNECT_MS = 2_000;

/** Longest answer in bytes: operators answer in lines, not in megabytes. */
const LARGEST_ANSWER = 1_048_576;

/**
 * Idle connections are kept so long, or less where the operator asks for it; undici's default of 4 s would reopen
 * them for ever.
 */
const IDLE_MS = 60_000;

function keepsOpen(exchange: Exchange): boolean {
  return exchange.kind === 'answered' && exchange.headers['connection'] !== 'close';
}

class ClientSlot implements Slot {
  readonly #free: (client: Client) => void;
  #client: Client | undefined;

  constructor(client: Client, free: (client: Client) => void) {
    this.#client = client;
    this.#free = free;
  }

  release(): void {
    const client = this.take();
    if (client !== undefined) this.#free(client);
  }

  take(): Client | undefined {
    const client = this.#client;
    this.#client = undefined;
    return client;
  }
}

/**
 * A bounded list of free connections, opened before they are needed. Not a pool: a request without a connection is
 * not queued, since its look would be too old when it is sent.
 */
export class Connections {
  readonly #settings: ConstructorParameters<typeof Connections>[0];
  readonly #free: Client[] = [];
  readonly #all = new Set<Client>();
  /** Connections that carried a request: losing one of them is no reason to wait. */
  readonly #proven = new WeakSet<Client>();
  #wanted: number;
  #down = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #idle: (() => void) | undefined;
  #busy = 0;

  constructor(settings: {
    readonly origin: string;
    /** Maximum number of open connections. */
    readonly connections: number;
    readonly requestTimeoutMs: number;
    /** A harmless request that opens a connection; any answer will do. */
    readonly greeting: HttpRequest;
    /** Called with the answer to each greeting; its moments are of the clock given here. */
    readonly greeted?: { readonly machine: () => number; readonly take: (answer: AnsweredExchange) => void };
  }) {
    this.#settings = settings;
    this.#wanted = Math.min(WARM, settings.connections);
    this.#grow();
  }

  /** Returns how many requests could be written at this instant. */
  freeSlots(): number {
    return this.#free.length;
  }

  /** Reserves at most `n` slots; missing connections are opened for the next time. */
  reserve(n: number): Slot[] {
    const taken = this.#closed ? [] : this.#free.splice(-Math.min(n, this.#free.length), n);
    if (taken.length < n || this.#free.length === 0) this.#want(Math.max(n - taken.length, this.#all.size));
    return taken.map((client) => new ClientSlot(client, (freed) => this.#give(freed)));
  }

  /** Writes on the slot's connection in this turn of the event loop, or never. */
  async exchange(request: HttpRequest, attempt: CallBounds): Promise<Exchange> {
    const late = tooLate(attempt);
    if (late !== undefined) {
      attempt.slot.release();
      return { kind: 'not-written', reason: late };
    }
    const client = attempt.slot instanceof ClientSlot ? attempt.slot.take() : undefined;
    if (client === undefined || !this.#all.has(client)) return { kind: 'not-connected' };
    return this.#write(client, request, attempt);
  }

  /** Takes no more, waits for the answers of written requests, then closes. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await Promise.all([...this.#all].map((client) => client.destroy()));
  }

  async #write(client: Client, request: HttpRequest, attempt: CallBounds): Promise<Exchange> {
    this.#busy += 1;
    this.#proven.add(client);
    const exchange = await this.#dispatch(client, request, attempt);
    this.#busy -= 1;
    if (keepsOpen(exchange)) this.#give(client);
    else this.#lose(client);
    if (this.#busy === 0) this.#idle?.();
    return exchange;
  }

  #dispatch(client: Client, request: HttpRequest, bounds: WriteBounds): Promise<Exchange> {
    return new Promise((settle) => {
      const { method, path, headers, body } = request;
      client.dispatch(
        { method, path, headers, body: body ?? null },
        new ExchangeHandler(bounds, this.#settings.requestTimeoutMs, settle),
      );
    });
  }

  #give(client: Client): void {
    if (this.#all.has(client)) this.#free.push(client);
  }

  #want(more: number): void {
    this.#wanted = Math.min(this.#settings.connections, Math.max(this.#wanted, this.#all.size + more));
    this.#grow();
  }

  /** Opens missing connections; while the operator is down, one connection at a time tries. */
  #grow(): void {
    if (this.#closed || this.#timer !== undefined) return;
    const missing = this.#wanted - this.#all.size;
    for (let n = this.#down ? Math.min(1, missing) : missing; n > 0; n -= 1) void this.#open();
  }

  async #open(): Promise<void> {
    const client = new Client(this.#settings.origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      maxResponseSize: LARGEST_ANSWER,
      connectTimeout: this.#settings.requestTimeoutMs,
      allowH2: false,
    });
    this.#all.add(client);
    const { greeting, greeted: onGreeted } = this.#settings;
    const greeted = await this.#dispatch(client, greeting, {
      signal: new AbortController().signal,
      writeBefore: Infinity,
      monotonic: () => 0,
      machine: onGreeted?.machine ?? (() => 0),
    });
    if (greeted.kind !== 'answered') return this.#fail(client);
    onGreeted?.take(greeted);
    client.once('disconnect', () => this.#lose(client));
    this.#down = false;
    this.#give(client);
    this.#grow();
  }

  #fail(client: Client): void {
    this.#down = true;
    this.#drop(client);
    this.#later();
  }

  /** Destroying it answers an unwritten request with `not-connected`. */
  #lose(client: Client): void {
    if (!this.#all.has(client)) return;
    const unneeded = this.#free.length > WARM;
    this.#drop(client);
    if (unneeded) this.#wanted = Math.max(WARM, this.#all.size);
    else if (this.#proven.has(client)) this.#grow();
    else this.#later();
  }

  #drop(client: Client): void {
    this.#all.delete(client);
    const at = this.#free.indexOf(client);
    if (at >= 0) this.#free.splice(at, 1);
    void client.destroy();
  }

  #later(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#grow();
    }, RECONNECT_MS);
    this.#timer.unref();
  }
}
