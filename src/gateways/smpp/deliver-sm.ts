import type { GatewayEvent, ReceiptEvent, ReceiptState } from '../gateway.ts';
import { e164Of } from '../http/callback-fields.ts';
import { numberOf, textOf, wordsOf, type Fields } from './pdu.ts';
import type { Profile } from './profile.ts';

/** Bits of `esm_class` that tell a receipt, and one about a message still on its way. */
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;
const INTERNATIONAL = 1;

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

/** What a `deliver_sm` tells; undefined when nobody can read it. */
export function eventOf(fields: Fields, profile: Profile, arrival: string): GatewayEvent | undefined {
  const kind = numberOf(fields, 'esm_class') ?? 0;
  const isReceipt = (kind & (RECEIPT | INTERMEDIATE)) !== 0 || fields['receipted_message_id'] !== undefined;
  return isReceipt ? receiptOf(fields, profile, kind) : replyOf(fields, arrival);
}

function receiptOf(fields: Fields, profile: Profile, kind: number): ReceiptEvent | undefined {
  const told = toldIn(wordsOf(fields));
  const id = textOf(fields, 'receipted_message_id') ?? textOf(fields, '5121') ?? told('id');
  const stat = BY_NUMBER[numberOf(fields, 'message_state') ?? 0] ?? (told('stat') ?? '').toUpperCase();
  if (id === undefined || stat === '') return undefined;
  const error = errorOf(told('err'));
  const to = senderOf(fields);
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

/** Without an id of the operator's two equal words are two replies: a STOP told twice harms nobody, one lost does. */
function replyOf(fields: Fields, arrival: string): GatewayEvent | undefined {
  const from = senderOf(fields);
  if (from === undefined) return undefined;
  const to = textOf(fields, 'destination_addr');
  const id = textOf(fields, '5122');
  return {
    kind: 'reply',
    identity: id === undefined ? arrival : `incoming ${idOf(id)}`,
    from,
    ...(to !== undefined && { to }),
    text: wordsOf(fields),
  };
}

function senderOf(fields: Fields): string | undefined {
  const written = textOf(fields, 'source_addr');
  if (written === undefined) return undefined;
  const isInternational = numberOf(fields, 'source_addr_ton') === INTERNATIONAL;
  return e164Of(isInternational && /^[1-9]/.test(written) ? `+${written}` : written);
}
