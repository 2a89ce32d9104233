import { classifyReply, silences, strictestReply } from '../../sms/index.ts';
import type { GatewayEvent, ReceiptEvent, ReceiptState, ReplyEvent, ReplyPart } from '../../sending/index.ts';
import { e164Of, internationalOf, numbersOf } from '../http/read-call.ts';
import { readingsOf, systemText, type Alphabet, type Coded } from './alphabet.ts';
import { octetIn, TAGS, textIn, type Delivery } from './pdu.ts';
import type { SmppProfile } from './smpp-operator.ts';

/** Bits of `esm_class` that mark a receipt, and one about a message still on its way. */
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** The `source_addr_ton` of an international number. */
const INTERNATIONAL = 1;
const NATIONAL = 2;

/** `message_state`, in the words of `stat`. */
const BY_NUMBER: readonly (string | undefined)[] = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
  'SKIPPED',
];
const BY_STAT: Readonly<Record<string, ReceiptState>> = {
  SCHEDULED: 'PENDING',
  ENROUTE: 'PENDING',
  ACCEPTD: 'PENDING',
  DELIVRD: 'DELIVERED',
  EXPIRED: 'EXPIRED',
  DELETED: 'UNDELIVERED',
  UNDELIV: 'UNDELIVERED',
  FAILED: 'UNDELIVERED',
  SKIPPED: 'UNDELIVERED',
  REJECTD: 'REJECTED',
  UNKNOWN: 'UNKNOWN_FINAL',
};

/** What an account's settings say about the calls of its operator. */
export interface DeliveryFormat {
  readonly profile: SmppProfile;
  readonly alphabet: Alphabet;
  readonly messageIds: MessageIds;
}

/**
 * Reads an operator's call; empty when it is unreadable. Some operators name the message that a person answers in
 * the field in which others name the message of the receipt.
 */
export function deliveryEventsOf(
  delivery: Delivery,
  format: DeliveryFormat,
  arrival: string,
): readonly GatewayEvent[] {
  const isReceipt = (delivery.esmClass & (RECEIPT | INTERMEDIATE)) !== 0;
  const mayBeReceipt = isReceipt || delivery.optional.has(TAGS.receiptedMessageId);
  const receipt = mayBeReceipt ? receiptOf(delivery, format) : undefined;
  if (receipt !== undefined) return [receipt];
  return isReceipt ? [] : repliesOf(delivery, format, arrival);
}

/** Reads a receipt, which is written in the operator's own letters, whatever alphabet people write in. */
function receiptOf(delivery: Delivery, { profile, messageIds }: DeliveryFormat): ReceiptEvent | undefined {
  const { optional, esmClass } = delivery;
  const field = fieldsIn(systemText(delivery).replace(/(?<!\0)\0+$/, ''));
  const id = receiptId(delivery, field('id'), messageIds);
  const number = octetIn(optional, TAGS.messageState);
  const stat = (number === undefined ? undefined : BY_NUMBER[number]) ?? (field('stat') ?? '').toUpperCase();
  if (id === undefined || stat === '') return undefined;
  const error = errorOf(field('err'));
  const to = soleSenderOf(delivery);
  const doneAt = field('done date');
  const trouble = profile.troubles.get(error);
  return {
    kind: 'receipt',
    identity: `${id} ${stat} ${error} ${doneAt ?? ''}`,
    gatewayId: id,
    state: stateOf({ stat, error, isFinal: (esmClass & INTERMEDIATE) === 0 }, profile),
    code: error === '0' ? stat : `${stat}_${error}`,
    ...(trouble !== undefined && { trouble }),
    ...(to !== undefined && { to }),
    ...(doneAt !== undefined && { occurredAt: doneAt }),
  };
}

/** Returns the id in a receipt: the words have the form of receipts, the field that of receipts or of answers. */
function receiptId({ optional }: Delivery, inWords: string | undefined, ids: MessageIds): string | undefined {
  const inField = textIn(optional, TAGS.receiptedMessageId) ?? textIn(optional, TAGS.ovhOutgoing);
  const worded =
    inWords === undefined ? undefined : Array.from(inWords, (octet) => AS_GSM.get(octet) ?? octet).join('');
  const written = ids === 'as-is' ? (inField ?? worded) : (worded ?? inField);
  return written === undefined ? undefined : receiptedId(written, ids);
}

/** Signs of ids that some operators write in GSM-7: these octets mean nothing else in an id. */
const AS_GSM: ReadonlyMap<string, string> = new Map([
  ['\0', '@'],
  ['\x02', '$'],
  ['\x11', '_'],
]);

const errorOf = (written: string | undefined): string => (written ?? '').replace(/^0+(?=.)/, '') || '0';

function stateOf(
  { stat, error, isFinal }: { readonly stat: string; readonly error: string; readonly isFinal: boolean },
  profile: SmppProfile,
): ReceiptState {
  const state = BY_STAT[stat] ?? 'UNKNOWN_FINAL';
  if (!isFinal) return 'PENDING';
  if (state === 'DELIVERED' || state === 'PENDING') return state;
  if (profile.optedOut.has(error)) return 'OPTED_OUT';
  return profile.rejected.has(error) ? 'REJECTED' : state;
}

/** Reads the values of a receipt by name; the rest after `text:` is the message's own. */
function fieldsIn(words: string): (name: string) => string | undefined {
  const [head = ''] = words.split(/\btext\s*:/i, 1);
  return (name) => new RegExp(`(?:^|\\s)${name}\\s*:\\s*([^\\s]+)`, 'i').exec(head)?.[1];
}

/** Decodes octets: the most likely reading, unless another one is an opt-out. */
function wordsOf(coded: Coded, alphabet: Alphabet): string {
  const readings = readingsOf(coded, alphabet);
  return readings.find((text) => silences(classifyReply(text).kind)) ?? readings[0] ?? '';
}

/** With two possible numbers, a STOP holds for both; other words are of one alone. */
function repliesFrom({
  senders,
  to,
  text,
  identity,
  stricter = [],
}: {
  readonly senders: readonly string[];
  readonly to: string | undefined;
  readonly text: string;
  readonly identity: string;
  /** Words of single parts that opt out of more than the whole. */
  readonly stricter?: readonly string[];
}): readonly ReplyEvent[] {
  const isStop = [text, ...stricter].some((words) => silences(classifyReply(words).kind));
  const words = {
    kind: 'reply',
    text,
    ...(to !== undefined && { to }),
    ...(stricter.length > 0 && { parts: stricter }),
  } as const;
  return (isStop ? senders : senders.slice(0, 1)).map((from, place) =>
    Object.assign({ from, identity: place === 0 ? identity : `${identity} ${from}` }, words),
  );
}

/** Without an id of the operator's, two equal replies count as two: a repeated STOP harms nobody, a lost one does. */
function repliesOf(delivery: Delivery, { alphabet }: DeliveryFormat, arrival: string): readonly ReplyEvent[] {
  const id = textIn(delivery.optional, TAGS.ovhIncoming);
  return repliesFrom({
    senders: sendersOf(delivery),
    to: addressOf(delivery.to),
    text: wordsOf(delivery, alphabet),
    identity: id === undefined ? arrival : `incoming ${idOf(id)}`,
  });
}

/** Returns the part of a longer reply; undefined for a whole one, and for one without a sender. */
export function partOf(delivery: Delivery, { alphabet }: DeliveryFormat): ReplyPart | undefined {
  const { segment, octets, dataCoding, esmClass } = delivery;
  const senders = sendersOf(delivery);
  if (segment === undefined || senders.length === 0 || (esmClass & (RECEIPT | INTERMEDIATE)) !== 0)
    return undefined;
  const to = addressOf(delivery.to);
  return {
    message: `${senders.join(' ')} ${to ?? ''} ${segment.reference} ${segment.of}`,
    at: segment.at,
    of: segment.of,
    senders,
    ...(to !== undefined && { to }),
    octets: octets.toString('base64'),
    dataCoding,
    alphabet,
  };
}

const addressOf = (written: string): string | undefined => (written === '' ? undefined : written);

/** Returns the sender's number, unless there are two possible ones. */
function soleSenderOf(delivery: Delivery): string | undefined {
  const [first, ...others] = sendersOf(delivery);
  return others.length === 0 ? first : undefined;
}

/** Returns the sender's number, or the two possible ones, the one with its country first. */
function sendersOf({ from: written, fromKind: kind }: Delivery): readonly string[] {
  if (kind !== INTERNATIONAL && kind !== NATIONAL) return numbersOf(written);
  const one = kind === INTERNATIONAL ? internationalOf(written) : e164Of(written);
  return one === undefined ? [] : [one];
}

/** Stands in a text for a part that never came. */
const MISSING = ' … ';

/**
 * Joins the parts of a reply, in whatever order they came. A part that alone opts out of more than the whole does
 * is judged beside it.
 */
export function wholeReply(parts: readonly ReplyPart[], identity: string): readonly ReplyEvent[] {
  const inOrder = parts.toSorted((one, other) => one.at - other.at);
  const [first] = inOrder;
  if (first === undefined) return [];
  const text = joined(inOrder);
  const alone = inOrder.map((part) => textOf([part]));
  const isStricter = strictestReply(text, alone).kind !== classifyReply(text).kind;
  const stricter = isStricter ? alone.filter((words) => silences(classifyReply(words).kind)) : [];
  return repliesFrom({ senders: first.senders, to: first.to, text, identity, stricter });
}

/**
 * Joins the words of parts; consecutive ones in one alphabet are decoded together, since a character may be split.
 */
function joined(inOrder: readonly ReplyPart[]): string {
  let text = '';
  let reached = 0;
  for (const run of runsOf(inOrder)) {
    const [first] = run;
    text += (first?.at === reached + 1 ? '' : MISSING) + textOf(run);
    reached = run.at(-1)?.at ?? reached;
  }
  return text.trim();
}

function runsOf(inOrder: readonly ReplyPart[]): readonly (readonly ReplyPart[])[] {
  const runs: ReplyPart[][] = [];
  for (const part of inOrder) {
    const open = runs.at(-1);
    const before = open?.at(-1);
    if (before?.at === part.at - 1 && before.dataCoding === part.dataCoding) open?.push(part);
    else runs.push([part]);
  }
  return runs;
}

function textOf(run: readonly ReplyPart[]): string {
  const [first] = run;
  if (first === undefined) return '';
  const octets = Buffer.concat(run.map((part) => Buffer.from(part.octets, 'base64')));
  return wordsOf({ octets, dataCoding: first.dataCoding }, first.alphabet);
}

/** The formats of an operator's message id: in its answer, then in its receipt. */
export type MessageIds = 'as-is' | 'hex-then-decimal' | 'decimal-then-hex';

/** Matches an id that is a number in one case: with other zeros before it, or in the other case, it is the same. */
const NUMBER = /^(?:[0-9a-f-]+|[0-9A-F-]+)$/;

/** Normalizes an id for comparison; in an id with other letters than a number's, each counts, in its case. */
export function idOf(written: string): string {
  const bare = written.trim();
  if (!NUMBER.test(bare)) return bare;
  const number = bare.toLowerCase().replace(/^0+/, '');
  return number === '' ? '0' : number;
}

/** Normalizes the id of an answer. */
export const answeredId = (written: string, ids: MessageIds): string =>
  ids === 'as-is' ? idOf(written) : inDecimal(written, ids === 'hex-then-decimal' ? 16 : 10);

/** Normalizes the id of a receipt; some operators write in its field what they wrote in the answer. */
function receiptedId(written: string, ids: MessageIds): string {
  if (ids === 'as-is') return idOf(written);
  const isDecimal = /^\d+$/.test(written.trim());
  return inDecimal(written, ids === 'hex-then-decimal' && isDecimal ? 10 : 16);
}

/** Converts a number to decimal, whatever its length; returns any other id unchanged. */
function inDecimal(written: string, base: 10 | 16): string {
  const bare = written.trim();
  if (!(base === 16 ? /^[0-9a-f]+$/i : /^\d+$/).test(bare)) return idOf(bare);
  return BigInt(base === 16 ? `0x${bare}` : bare).toString(10);
}
