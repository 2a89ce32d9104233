import { Client } from 'undici';
import type {
  CallBounds,
  Call,
  Callback,
  Capabilities,
  Gateway,
  Health,
  ReconcileQuestion,
  Reconciled,
  Slot,
  StopList,
  SubmitResult,
  RawRequest,
  AcceptedRecipient,
} from '../../sending/index.ts';
import { Connections, type HttpRequest, type AnsweredExchange } from '../connections.ts';

/** An account at an operator over HTTP. */
interface HttpAccount {
  readonly name: string;
  readonly fake: boolean;
  /** Base URL, path included. */
  readonly baseUrl: string;
  readonly connections: number;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
  readonly parseCallback: (request: RawRequest) => Callback;
}

/** A question must not delay the messages it is asked about. */
const LARGEST_ANSWER = 4_194_304;

/** Any operator over HTTP: connections and bounds are here, the vocabulary is the operator's. */
export class HttpGateway implements Gateway {
  readonly name: string;
  readonly kind: Gateway['kind'];
  readonly fake: boolean;
  readonly capabilities: Capabilities;
  readonly pullStops?: (signal: AbortSignal) => Promise<StopList>;
  readonly #operator: HttpOperator;
  readonly #account: HttpAccount;
  readonly #path: string;
  readonly #connections: Connections;
  readonly #questions: Client;

  constructor(operator: HttpOperator, account: HttpAccount) {
    const { origin, pathname } = new URL(account.baseUrl);
    this.name = account.name;
    this.kind = operator.kind;
    this.fake = account.fake;
    this.capabilities = operator.capabilities;
    this.#operator = operator;
    this.#account = account;
    this.#path = pathname.replace(/(?<!\/)\/+$/, '');
    const { requestTimeoutMs } = operator.capabilities;
    this.#connections = new Connections({
      origin,
      connections: account.connections,
      requestTimeoutMs,
      greeting: this.#below(operator.greeting),
      greeted: { machine: account.machine, take: (answer) => operator.greeted?.(answer) },
    });
    this.#questions = new Client(origin, {
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
      maxResponseSize: LARGEST_ANSWER,
    });
    const { pullStops } = operator;
    if (pullStops !== undefined) this.pullStops = (signal) => pullStops(this.#asking(signal));
  }

  freeSlots(): number {
    return this.#connections.freeSlots();
  }

  reserve(n: number): Slot[] {
    return this.#connections.reserve(n);
  }

  async submit(call: Call, attempt: CallBounds): Promise<SubmitResult> {
    const request = this.#below(this.#operator.requestFor(call, attempt.machine()));
    const exchange = await this.#connections.exchange(request, attempt);
    switch (exchange.kind) {
      case 'not-written':
        return { kind: 'NOT_WRITTEN', reason: exchange.reason };
      case 'not-connected':
        return { kind: 'REFUSED', errorClass: 'RETRYABLE', code: 'NOT_CONNECTED' };
      case 'unknown':
        return { ...exchange, kind: 'UNKNOWN' };
      case 'answered':
        return this.#operator.resultOf(call, exchange);
      default:
        return exchange satisfies never;
    }
  }

  reconcile(question: ReconcileQuestion, signal: AbortSignal): Promise<Reconciled> {
    return this.#operator.reconcile(question, this.#asking(signal));
  }

  parseCallback(request: RawRequest): Callback {
    return this.#account.parseCallback(request);
  }

  health(signal: AbortSignal): Promise<Health> {
    return this.#operator.health(this.#asking(signal));
  }

  async close(): Promise<void> {
    await this.#connections.close();
    await this.#questions.destroy();
  }

  #below(request: HttpRequest): HttpRequest {
    return { ...request, path: `${this.#path}${request.path}` };
  }

  #asking(signal: AbortSignal): Ask {
    return (request) => this.#ask(this.#below(request), signal);
  }

  /** A failed question has no answer. */
  async #ask({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<OperatorAnswer> {
    try {
      const answer = await this.#questions.request({ method, path, headers, body: body ?? null, signal });
      const text = await answer.body.text();
      return { status: answer.statusCode, json: answerJsonOf(text), answeredAt: this.#account.machine() };
    } catch {
      return undefined;
    }
  }
}

/** The answer to a question, its JSON parsed; undefined when there was none. */
export type OperatorAnswer =
  | { readonly status: number; readonly json: unknown; readonly answeredAt: number }
  | undefined;

/** Asks the operator something that sends nothing. */
export type Ask = (request: HttpRequest) => Promise<OperatorAnswer>;

/** One operator's HTTP protocol: the requests to write and the meaning of answers; it keeps no connection. */
export interface HttpOperator {
  readonly kind: Gateway['kind'];
  readonly capabilities: Capabilities;
  /** A harmless request that opens a connection. */
  readonly greeting: HttpRequest;
  /** Called with the answer to each greeting. */
  readonly greeted?: (answer: AnsweredExchange) => void;
  /** Builds the request of one call, signed at that instant of the machine. */
  requestFor(call: Call, machineMs: number): HttpRequest;
  resultOf(call: Call, answer: AnsweredExchange): SubmitResult;
  reconcile(question: ReconcileQuestion, ask: Ask): Promise<Reconciled>;
  health(ask: Ask): Promise<Health>;
  readonly pullStops?: (ask: Ask) => Promise<StopList>;
}

/** Accepts a call with what its answer gave for each of its messages; without an answer that can be read, its outcome is unknown. */
export function acceptedOf(
  { recipients }: Call,
  { firstByteAt, answeredAt }: AnsweredExchange,
  given: Omit<AcceptedRecipient, 'to'> | undefined,
): SubmitResult {
  const moments = { firstByteAt, answeredAt };
  if (given === undefined) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  return {
    kind: 'ACCEPTED',
    perRecipient: recipients.map(({ to }) => ({ to, ...given })),
    rejected: [],
    ...moments,
  };
}

/** An operator's words and codes are cut at this length. */
const LONGEST_WORDS = 160;
const LONGEST_CODE = 64;

const HIDDEN = '…';

/** Patterns of personal data in an operator's words: quotations, addresses, four digits and more. */
const NAMING = [
  /"[^"]*"|«[^»]*(?:»|$)|“[^”]*(?:”|$)|‘[^’]*(?:’|$)|'[^']*'(?![a-z])|`[^`]*`/giu,
  /(?<![^\s@])[^\s@]+@[^\s@]+/gu,
  /(?<![a-z+.-])[a-z+.-]*:\/\/\S+/giu,
  /\+?\d(?:[\s()./-]{0,2}\d){3,}/gu,
];

/** Returns an operator's words of refusal, without possible personal data; undefined when there are none. */
export function operatorWords(written: unknown, text: string): string | undefined {
  if (typeof written !== 'string') return undefined;
  const whole = text === '' ? written : written.replaceAll(text, HIDDEN);
  const hidden = NAMING.reduce((words, naming) => words.replaceAll(naming, HIDDEN), whole.slice(0, 2_000));
  const words = hidden
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .replaceAll(/…(?:\s*…)+/gu, HIDDEN)
    .trim();
  if (words === '' || words === HIDDEN) return undefined;
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS - 1).trimEnd()}${HIDDEN}` : words;
}

/** Returns an operator's code as stored and shown: letters, digits and a few signs. */
export const operatorCode = (written: string | number): string =>
  String(written)
    .replaceAll(/[^A-Za-z0-9_.:-]+/g, '_')
    .slice(0, LONGEST_CODE);

/**
 * Parses the JSON of an answer; undefined when it is none. An integer too large to be exact, as ids of operators
 * are, stays as the digits that were written.
 */
export function answerJsonOf(text: string): unknown {
  try {
    return JSON.parse(text, exact);
  } catch {
    return undefined;
  }
}

const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;
