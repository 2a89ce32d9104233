import { DateTime } from 'luxon';
import type { PDU } from 'smpp';
import type { Ending, TakenMessage, Telling } from './fake-operator.ts';

const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = new Map([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);

/** One part of a message. */
export interface Segment {
  readonly id?: string;
  readonly reference: number;
  readonly of: number;
  readonly at: number;
  readonly octets: Buffer;
}

/** The part of a message that a request carries. */
export function segmentOf(pdu: PDU): Segment {
  const held = pdu['short_message'] as
    | { readonly message?: unknown; readonly udh?: readonly Buffer[] }
    | undefined;
  const octets = rawOf(pdu);
  const udh = held?.udh?.find((one) => one[0] === 0);
  if (udh !== undefined) return { reference: udh[2] ?? 0, of: udh[3] ?? 1, at: udh[4] ?? 1, octets };
  const [reference, of, at] = ['sar_msg_ref_num', 'sar_total_segments', 'sar_segment_seqnum'].map((name) =>
    Number(pdu[name] ?? 0),
  );
  if (of !== undefined && of > 0) return { reference: 0x10000 + (reference ?? 0), of, at: at ?? 1, octets };
  return { reference: -1, of: 1, at: 1, octets };
}

/** Octets as they came: the library has read them already, by an alphabet that may not be the one meant. */
function rawOf(pdu: PDU): Buffer {
  const held = (pdu['message_payload'] ?? pdu['short_message']) as { readonly message: string | Buffer };
  if (Buffer.isBuffer(held.message)) return held.message;
  return Number(pdu['data_coding']) === 8
    ? Buffer.from(held.message, 'utf16le').swap16()
    : Buffer.from(Array.from(held.message).flatMap(septetsOf));
}

const septetsOf = (character: string): number[] => {
  const extended = [...EXTENDED].find(([, one]) => one === character);
  return extended === undefined ? [GSM.indexOf(character)] : [0x1b, extended[0]];
};

/** A text of the alphabet of GSM. */
export function gsm7(octets: Buffer): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet === 0x1b) text += EXTENDED.get(octets[(at += 1)] ?? 0) ?? ' ';
    else text += GSM.charAt(octet);
  }
  return text;
}

/** A text in UCS-2. */
export const ucs2 = (octets: Buffer): string => Buffer.from(octets).swap16().toString('utf16le');

/** A number as it comes: with its country and no sign, or however it was written. */
export const numbered = (number: string) =>
  number.startsWith('+')
    ? { source_addr_ton: 1, source_addr_npi: 1, source_addr: number.slice(1) }
    : { source_addr_ton: 0, source_addr_npi: 1, source_addr: number };

/** A text as a person's phone sends it. */
export const written = (text: string) =>
  Array.from(text).every((one) => septetsOf(one)[0] !== -1)
    ? { data_coding: 0, short_message: Buffer.from(Array.from(text).flatMap(septetsOf)) }
    : { data_coding: 8, short_message: Buffer.from(text, 'utf16le').swap16() };

const STATS: Readonly<Record<Ending, readonly [stat: string, error: string]>> = {
  'on-its-way': ['ACCEPTD', '000'],
  delivered: ['DELIVRD', '000'],
  undelivered: ['UNDELIV', '003'],
  'opted-out': ['UNDELIV', '053'],
  'bad-number': ['REJECTD', '100'],
};

const minute = (at: number): string =>
  DateTime.fromMillis(at, { zone: 'Europe/Paris' }).toFormat('yyMMddHHmm');

/** A receipt by the specification's appendix; the words of the message stand at its end. */
export function receiptOf(message: TakenMessage, ending: Ending, profile: 'general' | 'ovh'): object {
  const [stat, error] = STATS[message.barred === true ? 'opted-out' : ending];
  const [submitted, done] = [minute(message.at), minute(message.heldUntil)];
  const text = `id:${message.id} sub:001 dlvrd:001 submit date:${submitted} done date:${done} stat:${stat} err:${error} text:stat:REJECTD err:999`;
  return {
    ...numbered(message.to),
    destination_addr: message.from,
    esm_class: 4,
    short_message: Buffer.from(text, 'latin1'),
    ...(profile === 'ovh' && { receipted_message_id: message.id }),
  };
}

/** A `deliver_sm`, as the fakes over HTTP tell theirs. */
export const told = (fields: object): Telling => ({
  method: 'POST',
  url: 'smpp:deliver_sm',
  body: JSON.stringify(fields),
});

/** JSON writes a buffer as its octets. */
export const buffers = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
    ? Buffer.from(value.data as number[])
    : value;
