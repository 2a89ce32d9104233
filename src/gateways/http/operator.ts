import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import type {
  AcceptedRecipient,
  Call,
  Capabilities,
  Gateway,
  Health,
  ReconcileQuestion,
  Reconciled,
  StopList,
  SubmitResult,
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
