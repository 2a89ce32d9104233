import type {
  GatewayEvent,
  ReceiptEvent,
  ReplyEvent,
  CallContents,
  StopEvent,
  OperatorCall,
  RawRequest,
} from '../../sending/index.ts';
import { classifyReply, readPhone, silences as isSilencing, withoutNationalZero } from '../../sms/index.ts';
import { itemsOf, queryOf, formPairs, type Item } from './call-items.ts';

/** Reads an operator's calls at the inbound address of an account; it needs no connection to the operator. */
export interface CallReader {
  /** Checks the operator's signature; true where it signs none. */
  readonly isGenuine: (request: RawRequest) => boolean;
  /** Reads a kept call; it takes no time as input and has no effect. */
  readonly read: (call: OperatorCall) => CallContents;
}

/** Strips the secret of the address from a call. */
export function operatorCall({ method, url, headers, body }: RawRequest, contentEncoding = ''): OperatorCall {
  const query = url.indexOf('?');
  return {
    method,
    target: query < 0 ? '' : url.slice(query),
    contentType: String(headers['content-type'] ?? ''),
    contentEncoding,
    body,
  };
}

/** One operator's vocabulary: names are compared without case and punctuation. */
export interface Dialect {
  /** Names of the person's number, most reliable first. */
  readonly person: readonly string[];
  /** Parses this operator's notation of a number, where it is documented. */
  readonly numberOf?: (written: string) => string | undefined;
  /** Names of a person's own words. */
  readonly words: readonly string[];
  /** Names of words that are a person's in a receipt as well; the others may repeat a message of ours. */
  readonly wordsInReceipt?: readonly string[];
  /** Says whether the operator itself reports a STOP. */
  readonly isStop: (item: Item) => boolean;
  /** Returns what comes with the words of a reply. */
  readonly about: (
    item: Item,
    context: ItemContext,
  ) => {
    /** Equal for repetitions; undefined where neither an id nor a moment came with it. */
    readonly identity?: string | undefined;
    readonly occurredAt?: string | undefined;
    readonly ticket?: string | undefined;
    readonly to?: string | undefined;
    readonly gatewayId?: string | undefined;
    readonly reference?: string | undefined;
  };
  /** Returns the receipt of an item; undefined when it is none. */
  readonly receiptOf: (item: Item, context: ItemContext) => ReceiptEvent | undefined;
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

/** Returns the events of an item: a receipt may carry words as well, and an opt-out in them counts too. */
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
  const common = { from, ...about };
  if (isStop) return { kind: 'stop', ...common, ...known({ text }) };
  if (text === undefined || (item.isCut && !silences(text))) return undefined;
  return { kind: 'reply', ...common, text };
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

const silences = (text: string | undefined): boolean =>
  text !== undefined && isSilencing(classifyReply(text).kind);

/** Returns the number of an item whose field has another name, if it has only one; never that of the sender answered. */
function soleNumberIn(item: Item, ours: string | undefined): string | undefined {
  const written = item.values.filter((value) => CERTAIN.test(value.trim()) && value !== ours);
  const numbers = new Set(written.map(e164Of));
  const [only] = numbers;
  return numbers.size === 1 ? only : undefined;
}

/** Matches a number that can be no date and no id. */
const CERTAIN = /^(?:\+[1-9]\d{8,14}|0[67]\d{8}|(?:00)?33[67]\d{8})$/;

type Known<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Drops undefined fields. */
export const known = <T extends object>(fields: T): Known<T> =>
  // The remaining fields keep their types; only the absent ones are dropped.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;

/** A number of Nouméa or Mata-Utu with its country, or a mobile of the mainland without its 0. */
const OF_TWO_PLACES = /^68[17]\d{6}$/;

const compact = (written: string): string => written.replaceAll(/[\s.-]/g, '');

/** Converts an operator's notation of a number to E.164; undefined when it is unreadable. */
export function e164Of(written: string): string | undefined {
  const digits = written.trim().replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return `+${withoutNationalZero(digits.slice(1))}`;
  if (/^[1-9]\d{10,14}$/.test(digits)) return `+${withoutNationalZero(digits)}`;
  const read = readPhone(digits);
  return 'e164' in read ? read.e164 : undefined;
}

/** Does the same for an operator that writes the country without its plus. */
export function internationalOf(written: string): string | undefined {
  const bare = compact(written);
  return e164Of(/^[1-9]\d*$/.test(bare) ? `+${bare}` : written);
}

/** Does the same where it is not documented whether a number has its country: both possible ones, that with it first. */
export function numbersOf(written: string): readonly string[] {
  const bare = compact(written);
  const readings = OF_TWO_PLACES.test(bare) ? [`+${bare}`, bare] : [written];
  return [...new Set(readings.map(e164Of))].filter((one) => one !== undefined);
}
