import { classifyReply, silences } from '../../sms/index.ts';
import type { GatewayEvent, ReceiptEvent, ReceiptState, ReplyEvent, ReplyPart } from '../../sending/index.ts';
import { e164Of } from '../http/callback-fields.ts';
import { readingsOf, systemText, type Alphabet, type Coded } from './alphabet.ts';
import { numberIn, TAGS, textIn, type Delivery } from './delivery.ts';
import { idOf, receiptedId, type MessageIds } from './message-id.ts';
import type { Profile } from './profile.ts';

/** Bits of `esm_class` that tell a receipt, and one about a message still on its way. */
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** `source_addr_ton`, where it says of what kind a number is. */
const INTERNATIONAL = 1;
const NATIONAL = 2;

/** Of Nouméa or Mata-Utu with its country, or a mobile of the mainland without its 0. */
const OF_TWO_PLACES = /^68[17]\d{6}$/;

/** `message_state`, and the same as `stat` writes it. */
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

/** How an account is heard. */
export interface Ears {
  readonly profile: Profile;
  readonly alphabet: Alphabet;
  readonly messageIds: MessageIds;
}

/**
 * What an operator tells; nothing when nobody can read it.
 *
 * Some operators name the message that a person answers in the field in which others name the one they tell of.
 */
export function eventsOf(delivery: Delivery, ears: Ears, arrival: string): readonly GatewayEvent[] {
  const isReceipt = (delivery.esmClass & (RECEIPT | INTERMEDIATE)) !== 0;
  const mayBeReceipt = isReceipt || delivery.optional.has(TAGS.receiptedMessageId);
  const receipt = mayBeReceipt ? receiptOf(delivery, ears) : undefined;
  if (receipt !== undefined) return [receipt];
  return isReceipt ? [] : repliesOf(delivery, ears, arrival);
}

/** Its names and values are letters of the operator's system, whatever alphabet people write in. */
function receiptOf(delivery: Delivery, { profile, messageIds }: Ears): ReceiptEvent | undefined {
  const { optional, esmClass } = delivery;
  const told = toldIn(systemText(delivery).replace(/(?<!\0)\0+$/, ''));
  const id = idTold(delivery, told('id'), messageIds);
  const number = numberIn(optional, TAGS.messageState);
  const stat = (number === undefined ? undefined : BY_NUMBER[number]) ?? (told('stat') ?? '').toUpperCase();
  if (id === undefined || stat === '') return undefined;
  const error = errorOf(told('err'));
  const to = soleSenderOf(delivery);
  const doneAt = told('done date');
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

/** Where answer and receipt write ids otherwise, the words have the receipt's form and the field may have either. */
function idTold({ optional }: Delivery, inWords: string | undefined, ids: MessageIds): string | undefined {
  const inField = textIn(optional, TAGS.receiptedMessageId) ?? textIn(optional, TAGS.ovhOutgoing);
  const worded =
    inWords === undefined ? undefined : Array.from(inWords, (octet) => AS_GSM.get(octet) ?? octet).join('');
  const written = ids === 'as-is' ? (inField ?? worded) : (worded ?? inField);
  return written === undefined ? undefined : receiptedId(written, ids);
}

/** Signs of ids that an operator writes in the alphabet of GSM: no id has these octets otherwise. */
const AS_GSM: ReadonlyMap<string, string> = new Map([
  ['\0', '@'],
  ['\x02', '$'],
  ['\x11', '_'],
]);

const errorOf = (written: string | undefined): string => (written ?? '').replace(/^0+(?=.)/, '') || '0';

interface Told {
  readonly stat: string;
  readonly error: string;
  readonly isFinal: boolean;
}

function stateOf({ stat, error, isFinal }: Told, profile: Profile): ReceiptState {
  const state = BY_STAT[stat] ?? 'UNKNOWN_FINAL';
  if (!isFinal) return 'PENDING';
  if (state === 'DELIVERED' || state === 'PENDING') return state;
  if (profile.optedOut.has(error)) return 'OPTED_OUT';
  return profile.rejected.has(error) ? 'REJECTED' : state;
}

/** The values of a receipt by their names; what follows `text:` is the message's own, whatever it says. */
function toldIn(words: string): (name: string) => string | undefined {
  const [head = ''] = words.split(/\btext\s*:/i, 1);
  return (name) => new RegExp(`(?:^|\\s)${name}\\s*:\\s*([^\\s]+)`, 'i').exec(head)?.[1];
}

/** What some octets say: the likeliest reading, unless another one asks for silence. */
export function wordsOf(coded: Coded, alphabet: Alphabet): string {
  const readings = readingsOf(coded, alphabet);
  return readings.find((text) => silences(classifyReply(text).kind)) ?? readings[0] ?? '';
}

/** A reply as it came: from the number, or the two that it may be. */
export interface Worded {
  readonly senders: readonly string[];
  readonly to: string | undefined;
  readonly text: string;
  readonly identity: string;
  /** Words of parts of it that ask for more than the whole. */
  readonly stricter?: readonly string[];
}

/** In doubt about the number, a STOP holds for both that it may be; other words are of one alone. */
export function repliesFrom({ senders, to, text, identity, stricter = [] }: Worded): readonly ReplyEvent[] {
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

/** Without an id of the operator's two equal words are two replies: a STOP told twice harms nobody, one lost does. */
function repliesOf(delivery: Delivery, { alphabet }: Ears, arrival: string): readonly ReplyEvent[] {
  const id = textIn(delivery.optional, TAGS.ovhIncoming);
  return repliesFrom({
    senders: sendersOf(delivery),
    to: addressOf(delivery.to),
    text: wordsOf(delivery, alphabet),
    identity: id === undefined ? arrival : `incoming ${idOf(id)}`,
  });
}

/** The part of a longer reply that it is; undefined for a whole one, and for one that nobody sent. */
export function partOf(delivery: Delivery, { alphabet }: Ears): ReplyPart | undefined {
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

/** The number that it comes from, unless it may be of two. */
function soleSenderOf(delivery: Delivery): string | undefined {
  const [first, ...others] = sendersOf(delivery);
  return others.length === 0 ? first : undefined;
}

/** The number that it comes from, or the two that it may be, the one with its country first. */
function sendersOf({ from: written, fromKind: kind }: Delivery): readonly string[] {
  const withCountry = /^[1-9]/.test(written) ? `+${written}` : written;
  const read =
    kind === INTERNATIONAL
      ? [withCountry]
      : kind !== NATIONAL && OF_TWO_PLACES.test(written)
        ? [withCountry, written]
        : [written];
  return [...new Set(read.map(e164Of))].filter((one) => one !== undefined);
}
