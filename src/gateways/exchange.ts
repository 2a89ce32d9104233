import { errors } from 'undici';
import type { Dispatcher } from 'undici';
import type { CallBounds, Moments } from '../sending/index.ts';

/** One request, complete: a body is never streamed. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** The operator's answer, read to its end. */
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

type Bounds = Pick<CallBounds, 'writeBefore' | 'signal' | 'monotonic' | 'machine' | 'onFirstByte'>;

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

/** Returns the reason why nothing may be written any more. */
export function tooLate({ signal, monotonic, writeBefore }: Bounds): 'aborted' | 'too-late' | undefined {
  if (signal.aborted) return 'aborted';
  return monotonic() >= writeBefore ? 'too-late' : undefined;
}

/**
 * Follows one request on one connection. `onRequestStart` runs in the same call as the write of the first byte:
 * undici lets an idle socket show a pending close first, so `dispatch` itself is earlier by up to one turn of the
 * event loop.
 */
export class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #bounds: Bounds;
  readonly #timeoutMs: number;
  readonly #settle: (exchange: Exchange) => void;
  #firstByteAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #status = 0;
  #headers: AnsweredExchange['headers'] = {};
  #chunks: Buffer[] = [];

  constructor(bounds: Bounds, timeoutMs: number, settle: (exchange: Exchange) => void) {
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
