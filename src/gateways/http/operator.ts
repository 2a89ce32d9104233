import type { AnsweredExchange, HttpRequest } from '../exchange.ts';
import type {
  Call,
  Capabilities,
  Gateway,
  Health,
  ReconcileQuestion,
  Reconciled,
  StopList,
  SubmitResult,
  ErrorClass,
} from '../../sending/index.ts';

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

/** A refusal as an operator gives it. */
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

/** The same, where a refused request proves that nothing was accepted. */
const classOfRefusal = (status: number): ErrorClass =>
  classOfStatus(status) ?? (status >= 400 ? 'UNLISTED' : 'AMBIGUOUS');

/** Classifies a refusal by its code, listed or not: 403 alone concerns the account, with a code it may concern one person. */
export function classOfCode(status: number, listed: ErrorClass | undefined): ErrorClass {
  const byStatus = classOfStatus(status);
  if (byStatus === 'AMBIGUOUS') return byStatus;
  return listed ?? (status === 403 ? undefined : byStatus) ?? 'UNLISTED';
}

/** Converts a refusal to the port's terms: a possible acceptance is unknown, a repeated one is accepted. */
export function submitRefusalOf(call: Call, said: OperatorRefusal, answered: AnsweredExchange): SubmitResult {
  const { firstByteAt, answeredAt, status } = answered;
  const moments = { firstByteAt, answeredAt };
  const { errorClass } = said;
  const words = operatorWords(said.words, call.text);
  if (errorClass === 'AMBIGUOUS')
    return { kind: 'UNKNOWN', reason: status >= 500 ? '5xx' : 'parse', ...moments };
  if (errorClass === 'DUPLICATE') {
    return {
      kind: 'ACCEPTED',
      perRecipient: call.recipients.map(({ to }) => ({ to })),
      rejected: [],
      ...moments,
    };
  }
  const retryAfterMs = retryAfterOf(answered);
  return {
    kind: 'REFUSED',
    errorClass,
    code: operatorCode(said.code),
    ...(words !== undefined && { words }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...moments,
  };
}

/** Interprets a status whose body is unreadable. */
export function unreadableAnswer(call: Call, answered: AnsweredExchange): SubmitResult {
  const errorClass = classOfRefusal(answered.status);
  return submitRefusalOf(call, { errorClass, code: `HTTP_${answered.status}` }, answered);
}

/** `Retry-After` is written in seconds or as a date. */
function retryAfterOf({ headers, answeredAt }: AnsweredExchange): number | undefined {
  const written = headers['retry-after'];
  if (typeof written !== 'string') return undefined;
  const ms = /^\d+$/.test(written) ? Number(written) * 1_000 : Date.parse(written) - answeredAt;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

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
