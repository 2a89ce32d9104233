import { Client } from 'undici';
import { z } from 'zod';
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
  ErrorClass,
} from '../../sending/index.ts';
import { operatorCall, type CallReader } from './read-call.ts';
import { Connections, type HttpRequest, type AnsweredExchange } from '../connections.ts';

interface HttpAccount extends Pick<Gateway, 'name' | 'kind' | 'fake' | 'capabilities'> {
  /** Base URL, path included. */
  readonly baseUrl: string;
  readonly connections: number;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
  readonly reader: CallReader;
}

/** In bytes: lists of messages and opt-outs are well below it. */
const LARGEST_ANSWER = 4_194_304;

/**
 * The gateway of every operator over HTTP: it keeps connections and bounds, and `HttpOperator` has the vocabulary.
 */
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
  /** Connections of its own: a question must not delay the messages it is asked about. */
  readonly #questions: Client;

  constructor(operator: HttpOperator, account: HttpAccount) {
    const { origin, pathname } = new URL(account.baseUrl);
    this.name = account.name;
    this.kind = account.kind;
    this.fake = account.fake;
    this.capabilities = account.capabilities;
    this.#operator = operator;
    this.#account = account;
    this.#path = pathname.replace(/(?<!\/)\/+$/, '');
    const { requestTimeoutMs } = account.capabilities;
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
    const { isGenuine, read } = this.#account.reader;
    return isGenuine(request)
      ? { kind: 'EVENTS', ...read(operatorCall(request)) }
      : { kind: 'REJECTED', reason: 'signature' };
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
  /** A harmless request that opens a connection. */
  readonly greeting: HttpRequest;
  readonly greeted?: (answer: AnsweredExchange) => void;
  /** Builds the request of one call, signed at that instant of the machine. */
  requestFor(call: Call, machineMs: number): HttpRequest;
  resultOf(call: Call, answer: AnsweredExchange): SubmitResult;
  reconcile(question: ReconcileQuestion, ask: Ask): Promise<Reconciled>;
  health(ask: Ask): Promise<Health>;
  readonly pullStops?: (ask: Ask) => Promise<StopList>;
}

/** Asks the operator something at an address of its account, without a body. */
export type Get = (path: string) => ReturnType<Ask>;

export const jsonRequest = (path: string, headers: HttpRequest['headers'], body: object): HttpRequest => ({
  method: 'POST',
  path,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** The address for the receipts of a call to one person, which names its message. */
export const receiptUrl = (inboundUrl: string, { recipients: [person] }: Call): string =>
  `${inboundUrl}?m=${encodeURIComponent(person?.reference ?? '')}`;

/** Interprets the answer about an account; `body` reads a credit from it where the operator shows one. */
export function healthIn(
  answer: OperatorAnswer,
  body: z.ZodType<Pick<Health, 'credit'>> = z.unknown().transform(() => ({})),
): Health {
  if (answer === undefined) return { ok: false, code: 'UNREACHABLE' };
  if (answer.status !== 200) return { ok: false, code: classOfStatus(answer.status) ?? 'CONFIG' };
  const read = body.safeParse(answer.json);
  return read.success ? { ok: true, ...read.data } : { ok: false, code: 'UNREADABLE' };
}

/** Interprets the answers to calls; a refusal that cannot be read is judged by its status alone. */
export const resultBy =
  (operator: {
    readonly accepted: (call: Call, json: unknown, answer: AnsweredExchange) => SubmitResult;
    readonly refused: (json: unknown, status: number) => OperatorRefusal | undefined;
  }) =>
  (call: Call, answer: AnsweredExchange): SubmitResult => {
    const { status } = answer;
    const json = answerJsonOf(answer.body);
    if (status >= 200 && status < 300) return operator.accepted(call, json, answer);
    const refusal = status >= 400 && status < 500 ? operator.refused(json, status) : undefined;
    return refusal === undefined ? unreadableAnswer(call, answer) : submitRefusalOf(call, refusal, answer);
  };

/** Accepts a call with what its answer gave for each message; its outcome is unknown where the answer is unreadable. */
export function acceptedOf(
  { recipients }: Call,
  { firstByteAt, answeredAt }: AnsweredExchange,
  details: Omit<AcceptedRecipient, 'to'> | undefined,
): SubmitResult {
  const moments = { firstByteAt, answeredAt };
  if (details === undefined) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  return {
    kind: 'ACCEPTED',
    perRecipient: recipients.map(({ to }) => ({ to, ...details })),
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

export interface OperatorRefusal {
  readonly errorClass: ErrorClass;
  readonly code: string;
  /** As the operator wrote them. */
  readonly words?: unknown;
}

/** Classifies a refusal by its HTTP status alone; undefined where it proves nothing. */
export function classOfStatus(status: number): ErrorClass | undefined {
  if (status === 401 || status === 403) return 'CONFIG';
  if (status === 402) return 'CREDIT';
  if (status === 429) return 'THROTTLED';
  return status >= 500 || status === 408 ? 'AMBIGUOUS' : undefined;
}

/** Classifies a refusal by its code, listed or not: 403 alone concerns the account, with a code it may concern one person. */
export function classOfCode(status: number, listed: ErrorClass | undefined): ErrorClass {
  const byStatus = classOfStatus(status);
  if (byStatus === 'AMBIGUOUS') return byStatus;
  return listed ?? (status === 403 ? undefined : byStatus) ?? 'UNLISTED';
}

/** Converts a refusal to the port's terms: a possible acceptance is unknown, a repeated one is accepted. */
export function submitRefusalOf(
  call: Call,
  refusal: OperatorRefusal,
  answered: AnsweredExchange,
): SubmitResult {
  const { firstByteAt, answeredAt, status } = answered;
  const moments = { firstByteAt, answeredAt };
  const { errorClass } = refusal;
  const words = operatorWords(refusal.words, call.text);
  if (errorClass === 'AMBIGUOUS')
    return { kind: 'UNKNOWN', reason: status >= 500 ? '5xx' : 'parse', ...moments };
  if (errorClass === 'DUPLICATE') return acceptedOf(call, answered, {});
  const retryAfterMs = retryAfterOf(answered);
  return {
    kind: 'REFUSED',
    errorClass,
    code: operatorCode(refusal.code),
    ...(words !== undefined && { words }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...moments,
  };
}

/** Interprets a status whose body is unreadable. */
function unreadableAnswer(call: Call, answered: AnsweredExchange): SubmitResult {
  const { status } = answered;
  // A refused request proves that nothing was accepted.
  const errorClass = classOfStatus(status) ?? (status >= 400 ? 'UNLISTED' : 'AMBIGUOUS');
  return submitRefusalOf(call, { errorClass, code: `HTTP_${status}` }, answered);
}

/** `Retry-After` is written in seconds or as a date. */
function retryAfterOf({ headers, answeredAt }: AnsweredExchange): number | undefined {
  const written = headers['retry-after'];
  if (typeof written !== 'string') return undefined;
  const ms = /^\d+$/.test(written) ? Number(written) * 1_000 : Date.parse(written) - answeredAt;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
