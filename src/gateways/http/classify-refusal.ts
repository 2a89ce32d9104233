import type { AnsweredExchange } from '../connections.ts';
import type { Call, ErrorClass, SubmitResult } from '../../sending/index.ts';
import { acceptedOf, operatorCode, operatorWords } from './operator.ts';

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
  if (errorClass === 'DUPLICATE') return acceptedOf(call, answered, {});
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
