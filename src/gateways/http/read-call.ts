import type {
  GatewayEvent,
  ReceiptEvent,
  ReplyEvent,
  CallContents,
  StopEvent,
  OperatorCall,
  Call,
  ErrorClass,
  SubmitResult,
} from '../../sending/index.ts';
import { classifyReply } from '../../sms/index.ts';
import type { AnsweredExchange } from '../connections.ts';
import { itemsOf, queryOf, formPairs, type Item } from './call-items.ts';
import { acceptedOf, operatorCode, operatorWords } from './http-gateway.ts';
import { e164Of, numbersOf } from './operator-number.ts';

/** One operator's vocabulary: names are compared without case and punctuation. */
export interface Dialect {
  /** Names of the person's number, most reliable first. */
  readonly person: readonly string[];
  /** Parses this operator's notation of a number, where it is documented. */
  readonly numberOf?: (written: string) => string | undefined;
  /** Names of a person's own words. */
  readonly words: readonly string[];
  /** Those of them that are a person's in a receipt as well: the others may repeat a message of ours. */
  readonly wordsInReceipt?: readonly string[];
  /** Says whether the operator itself reports a STOP. */
  readonly isStop: (item: Item) => boolean;
  /** Names of the operator's id of a reply, and of its moment. */
  readonly about: (item: Item, context: ItemContext) => ItemFacts;
  /** Returns the receipt of an item; undefined when it is none. */
  readonly receiptOf: (item: Item, context: ItemContext) => ReceiptEvent | undefined;
}

/** The id and moment of an item. */
interface ItemFacts {
  /** Equal for repetitions; undefined where neither an id nor a moment came with it. */
  readonly identity?: string | undefined;
  readonly occurredAt?: string | undefined;
  readonly ticket?: string | undefined;
  readonly to?: string | undefined;
  readonly gatewayId?: string | undefined;
  readonly reference?: string | undefined;
}

/** The values found in an item before its operator's own rules. */
export interface ItemContext {
  /** The person's number, in E.164; of two possible ones, that with its country, and none in a receipt. */
  readonly person: string | undefined;
  /** Our message id, from the address that the operator called. */
  readonly reference: string | undefined;
}

/** Reads a call in its operator's vocabulary. Never throws: unreadable pieces are counted. */
export function readCall(call: OperatorCall, dialect: Dialect): CallContents {
  const { items, broken } = itemsOf(call);
  const reference = formPairs(queryOf(call)).find(([name]) => name === 'm')?.[1];
  const read = items.map((item) => eventsOf(item, dialect, reference));
  const unread = read.filter((events) => events.length === 0).length;
  return { events: read.flat(), unread: Math.max(unread, broken) };
}

/** A receipt may carry words as well: an opt-out in them counts too. */
function eventsOf(item: Item, dialect: Dialect, reference: string | undefined): readonly GatewayEvent[] {
  const [person, other] = peopleOf(item, dialect);
  const context: ItemContext = { person, reference: reference === '' ? undefined : reference };
  const sure = other === undefined ? context : { ...context, person: undefined };
  const receipt = item.isCut ? undefined : dialect.receiptOf(item, sure);
  const reply = replyOf(item, dialect, { ...context, isReceipt: receipt !== undefined });
  const replies = reply === undefined ? [] : repliesOf(reply, other);
  if (receipt === undefined || reply?.kind === 'stop') return replies;
  return silences(reply?.text) ? [receipt, ...replies] : [receipt];
}

/** Returns the person's number, or the two possible ones. */
function peopleOf(item: Item, { person, numberOf }: Dialect): readonly string[] {
  if (numberOf === undefined)
    return (
      item
        .all(...person)
        .map(numbersOf)
        .find(({ length }) => length > 0) ?? []
    );
  const one = item.read(person, numberOf);
  return one === undefined ? [] : [one];
}

/** With two possible numbers, a STOP holds for both; other words are of one alone. */
function repliesOf(
  reply: ReplyEvent | StopEvent,
  other: string | undefined,
): readonly (ReplyEvent | StopEvent)[] {
  const isStop = reply.kind === 'stop' || silences(reply.text);
  if (other === undefined || !isStop) return [reply];
  return [reply, { ...reply, from: other, identity: `${reply.identity} ${other}` }];
}

interface ReplyContext extends ItemContext {
  readonly isReceipt: boolean;
}

function replyOf(item: Item, dialect: Dialect, context: ReplyContext): ReplyEvent | StopEvent | undefined {
  const text = wordsOf(item, dialect, context);
  const isStop = dialect.isStop(item);
  if (!isStop && text === undefined) return undefined;
  const about = aboutOf(item, dialect, context);
  const from = context.person ?? soleNumberIn(item, about.to);
  if (from === undefined) return undefined;
  const said = { from, ...about };
  if (isStop) return { kind: 'stop', ...said, ...known({ text }) };
  if (text === undefined || (item.isCut && !silences(text))) return undefined;
  return { kind: 'reply', ...said, text };
}

/**
 * Returns the person's words: opt-outs before any others. Where nothing refers to a message of ours, a STOP under
 * an unknown name is one as well.
 */
function wordsOf(item: Item, dialect: Dialect, { isReceipt }: ReplyContext): string | undefined {
  const words = item.all(...(isReceipt ? (dialect.wordsInReceipt ?? []) : dialect.words));
  const stop = words.find(silences) ?? (isReceipt ? undefined : item.values.find(silences));
  return stop ?? words[0];
}

function aboutOf(
  item: Item,
  dialect: Dialect,
  context: ItemContext,
): Omit<ReplyEvent, 'kind' | 'from' | 'text'> {
  const { identity, occurredAt, ticket, to, gatewayId, reference } = dialect.about(item, context);
  return {
    identity: identity ?? item.identity,
    ...(identity === undefined && { isUndated: true as const }),
    ...known({ occurredAt, ticket, to, gatewayId, reference }),
  };
}

const SILENCING: ReadonlySet<string> = new Set(['stop', 'stop-all', 'objection']);

const silences = (text: string | undefined): boolean =>
  text !== undefined && SILENCING.has(classifyReply(text).kind);

/** Returns the number of an item whose field has another name, if it has only one; never that of the sender answered. */
function soleNumberIn(item: Item, ours: string | undefined): string | undefined {
  const written = item.values.filter((value) => CERTAIN.test(value.trim()) && value !== ours);
  const numbers = new Set(written.map(e164Of));
  const [only] = numbers;
  return numbers.size === 1 ? only : undefined;
}

/** A number that can be no date and no id. */
const CERTAIN = /^(?:\+[1-9]\d{8,14}|0[67]\d{8}|(?:00)?33[67]\d{8})$/;

type Known<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Drops undefined fields. */
export const known = <T extends object>(fields: T): Known<T> =>
  // The remaining fields keep their types; only the absent ones are dropped.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;

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
