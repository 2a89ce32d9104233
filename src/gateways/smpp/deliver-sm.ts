import { classifyReply, type ReplyKind } from '../../sms/inbound-word.ts';
import type { GatewayEvent, ReceiptEvent, ReceiptState, ReplyEvent } from '../gateway.ts';
import { e164Of } from '../http/callback-fields.ts';
import { numberOf, textOf, wordsOf, type Fields } from './pdu.ts';
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
  undefined,
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
];
const BY_STAT: Readonly<Record<string, ReceiptState>> = {
  ENROUTE: 'PENDING',
  ACCEPTD: 'PENDING',
  DELIVRD: 'DELIVERED',
  EXPIRED: 'EXPIRED',
  DELETED: 'UNDELIVERED',
  UNDELIV: 'UNDELIVERED',
  FAILED: 'UNDELIVERED',
  REJECTD: 'REJECTED',
  UNKNOWN: 'UNKNOWN_FINAL',
};

/** How an operator writes one id: zeros before it and the case of letters vary between answer and receipt. */
export function idOf(written: string): string {
  const bare = written.trim().toLowerCase().replace(/^0+/, '');
  return bare === '' ? '0' : bare;
}

/**
 * What a `deliver_sm` tells; nothing when nobody can read it.
 *
 * Some operators name the message that a person answers in the field in which others name the one they tell of.
 */
export function eventsOf(fields: Fields, profile: Profile, arrival: string): readonly GatewayEvent[] {
  const kind = numberOf(fields, 'esm_class') ?? 0;
  const isReceipt = (kind & (RECEIPT | INTERMEDIATE)) !== 0;
  const mayBeReceipt = isReceipt || fields['receipted_message_id'] !== undefined;
  const receipt = mayBeReceipt ? receiptOf(fields, profile, kind) : undefined;
  if (receipt !== undefined) return [receipt];
  return isReceipt ? [] : repliesOf(fields, arrival);
}

function receiptOf(fields: Fields, profile: Profile, kind: number): ReceiptEvent | undefined {
  const told = toldIn(wordsOf(fields));
  const id = textOf(fields, 'receipted_message_id') ?? textOf(fields, '5121') ?? told('id');
  const stat = BY_NUMBER[numberOf(fields, 'message_state') ?? 0] ?? (told('stat') ?? '').toUpperCase();
  if (id === undefined || stat === '') return undefined;
  const error = errorOf(told('err'));
  const to = soleSenderOf(fields);
  const doneAt = told('done date');
  return {
    kind: 'receipt',
    identity: `${idOf(id)} ${stat} ${error} ${doneAt ?? ''}`,
    gatewayId: idOf(id),
    state: stateOf({ stat, error, isFinal: (kind & INTERMEDIATE) === 0 }, profile),
    code: error === '0' ? stat : `${stat}_${error}`,
    ...(to !== undefined && { to }),
    ...(doneAt !== undefined && { occurredAt: doneAt }),
  };
}

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

const SILENCING: ReadonlySet<ReplyKind> = new Set(['stop', 'stop-all', 'objection']);

/**
 * In doubt about the number, a STOP holds for both that it may be; other words are of one alone.
 *
 * Without an id of the operator's two equal words are two replies: a STOP told twice harms nobody, one lost does.
 */
function repliesOf(fields: Fields, arrival: string): readonly ReplyEvent[] {
  const senders = sendersOf(fields);
  const text = wordsOf(fields);
  const to = textOf(fields, 'destination_addr');
  const id = textOf(fields, '5122');
  const identity = id === undefined ? arrival : `incoming ${idOf(id)}`;
  const heard = SILENCING.has(classifyReply(text).kind) ? senders : senders.slice(0, 1);
  const words = { kind: 'reply', text, ...(to !== undefined && { to }) } as const;
  return heard.map((from, place) =>
    Object.assign({ from, identity: place === 0 ? identity : `${identity} ${from}` }, words),
  );
}

/** The number that it comes from, unless it may be of two. */
function soleSenderOf(fields: Fields): string | undefined {
  const [first, ...others] = sendersOf(fields);
  return others.length === 0 ? first : undefined;
}

/** The number that it comes from, or the two that it may be, the one with its country first. */
function sendersOf(fields: Fields): readonly string[] {
  const written = textOf(fields, 'source_addr') ?? '';
  const kind = numberOf(fields, 'source_addr_ton');
  const withCountry = /^[1-9]/.test(written) ? `+${written}` : written;
  const read =
    kind === INTERNATIONAL
      ? [withCountry]
      : kind !== NATIONAL && OF_TWO_PLACES.test(written)
        ? [withCountry, written]
        : [written];
  return [...new Set(read.map(e164Of))].filter((one) => one !== undefined);
}
