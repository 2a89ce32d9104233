import { Client } from 'undici';
import { Connections, type HttpRequest } from '../connections.ts';
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
} from '../../sending/index.ts';
import { answerJsonOf, type Ask, type OperatorAnswer, type HttpOperator } from './operator.ts';

/** An account at an operator over HTTP. */
export interface HttpAccount {
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
