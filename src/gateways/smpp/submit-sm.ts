import { validityOf } from '../entry.ts';
import { smpp, type LongTexts } from './smpp-operator.ts';
import type { Call } from '../../sending/index.ts';
import { writtenText, type Alphabet } from './alphabet.ts';

const HEADER = 16;
const SUBMIT_SM = 4;

/** The octets behind the destination: receipt wanted, alphabet, and the zeros beside them. */
const FIXED_BEHIND_DESTINATION = 3;
const FIXED_BEHIND_VALIDITY = 5;

/** The optional parameters written, by the specification, with the octets of their numbers. */
const NUMBERS = [
  ['sar_msg_ref_num', 0x020c, 2],
  ['sar_total_segments', 0x020e, 1],
  ['sar_segment_seqnum', 0x020f, 1],
] as const;
const PAYLOAD = 0x0424;
const TLV_HEAD = 4;

/** The fields of a `submit_sm`, by the names of the specification. */
export interface Submit {
  readonly source_addr_ton: number;
  readonly source_addr_npi: number;
  readonly source_addr: string;
  readonly dest_addr_ton: number;
  readonly dest_addr_npi: number;
  readonly destination_addr: string;
  readonly esm_class?: number;
  readonly validity_period?: string;
  readonly registered_delivery: number;
  readonly data_coding: number;
  readonly short_message?: Buffer | undefined;
  readonly message_payload?: Buffer;
  readonly sar_msg_ref_num?: number;
  readonly sar_total_segments?: number;
  readonly sar_segment_seqnum?: number;
}

/** What an account's settings say about the messages to its operator. */
export interface SubmitFormat {
  readonly longTexts: LongTexts;
  readonly alphabet: Alphabet;
  /** Replaces the call's sender. */
  readonly sourceAddress: string | undefined;
}

const UDH_INDICATOR = 0x40;
const RECEIPT = 1;

export const sentParts = (
  text: Pick<Call, 'text' | 'encoding'>,
  { longTexts, alphabet }: Pick<SubmitFormat, 'longTexts' | 'alphabet'>,
): number => (longTexts === 'message-payload' ? 1 : writtenText(text, alphabet).parts.length);

/** Builds the parts of one call, in order; each asks for a receipt of its own, since each may be lost by itself. */
export function submitsOf(call: Call, format: SubmitFormat, reference: number): readonly Submit[] {
  const { dataCoding, whole, parts } = writtenText(call, format.alphabet);
  const common = {
    ...commonOf(call, format.sourceAddress),
    data_coding: dataCoding,
    registered_delivery: RECEIPT,
  };
  const [only] = parts;
  if (parts.length <= 1) return [{ ...common, short_message: only }];
  if (format.longTexts === 'message-payload') return [{ ...common, message_payload: whole }];
  return parts.map((part, index) =>
    Object.assign({}, common, placed(part, format.longTexts, { reference, of: parts.length, index })),
  );
}

function commonOf(
  call: Call,
  sourceAddress: string | undefined,
): Omit<Submit, 'registered_delivery' | 'data_coding'> {
  const [recipient] = call.recipients;
  const validForMs = validityOf(call, smpp.capabilities);
  return {
    ...sourceOf(sourceAddress ?? call.sender),
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: (recipient?.to ?? '').replace('+', ''),
    ...(validForMs !== undefined && { validity_period: relative(validForMs) }),
  };
}

/** Returns the sender with its type: letters, a short code or a number. */
function sourceOf(sender: string): Pick<Submit, 'source_addr_ton' | 'source_addr_npi' | 'source_addr'> {
  const digits = sender.replace(/^\+/, '');
  if (!/^\d+$/.test(digits)) return { source_addr_ton: 5, source_addr_npi: 0, source_addr: sender };
  const ton = digits.length <= 8 ? 3 : 1;
  return { source_addr_ton: ton, source_addr_npi: 1, source_addr: digits };
}

function placed(
  part: Buffer,
  longTexts: LongTexts,
  { reference, of, index }: { readonly reference: number; readonly of: number; readonly index: number },
): Partial<Submit> {
  if (longTexts === 'sar') {
    return {
      short_message: part,
      sar_msg_ref_num: reference,
      sar_total_segments: of,
      sar_segment_seqnum: index + 1,
    };
  }
  const header = Buffer.from([5, 0, 3, reference & 0xff, of, index + 1]);
  return { esm_class: UDH_INDICATOR, short_message: Buffer.concat([header, part]) };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Writes a lifetime as `YYMMDDhhmmss000R`: relative, so that only the operator's clock counts. */
function relative(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  return `0000${two(days)}${two(hours)}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}000R`;
}

/** Encodes one `submit_sm`, by hand, since each message of a campaign pays for it. */
export function submitBytes(sequence: number, submit: Submit): Buffer {
  const bytes = Buffer.alloc(sizeOf(submit));
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(SUBMIT_SM, 4);
  bytes.writeUInt32BE(sequence, 12);
  writeOptional(bytes, submit, writeMandatory(bytes, submit));
  return bytes;
}

const octetsOf = ({ short_message: text }: Submit): number => text?.length ?? 0;

function sizeOf(submit: Submit): number {
  const { source_addr: from, destination_addr: to, validity_period: period = '' } = submit;
  const addresses = 1 + (2 + from.length + 1) + (2 + to.length + 1);
  const rest = FIXED_BEHIND_DESTINATION + 1 + (period.length + 1) + FIXED_BEHIND_VALIDITY;
  let size = HEADER + addresses + rest + octetsOf(submit);
  for (const [name, , octets] of NUMBERS) if (submit[name] !== undefined) size += TLV_HEAD + octets;
  return submit.message_payload === undefined ? size : size + TLV_HEAD + submit.message_payload.length;
}

function writeMandatory(bytes: Buffer, submit: Submit): number {
  // No type of service.
  let at = HEADER + 1;
  at = writeAddress(bytes, at, [submit.source_addr_ton, submit.source_addr_npi, submit.source_addr]);
  at = writeAddress(bytes, at, [submit.dest_addr_ton, submit.dest_addr_npi, submit.destination_addr]);
  bytes[at] = submit.esm_class ?? 0;
  // Behind it the protocol, the priority, and no time of delivery.
  at += FIXED_BEHIND_DESTINATION + 1;
  at = writeText(bytes, at, submit.validity_period ?? '');
  bytes[at] = submit.registered_delivery;
  bytes[at + 2] = submit.data_coding;
  bytes[at + 4] = octetsOf(submit);
  at += FIXED_BEHIND_VALIDITY;
  submit.short_message?.copy(bytes, at);
  return at + octetsOf(submit);
}

function writeOptional(bytes: Buffer, submit: Submit, from: number): void {
  let at = from;
  for (const [name, tag, octets] of NUMBERS) {
    const value = submit[name];
    if (value === undefined) continue;
    at = writeTag(bytes, at, [tag, octets]);
    at = bytes.writeUIntBE(value, at, octets);
  }
  const { message_payload: payload } = submit;
  if (payload === undefined) return;
  payload.copy(bytes, writeTag(bytes, at, [PAYLOAD, payload.length]));
}

const writeTag = (bytes: Buffer, at: number, [tag, length]: readonly [number, number]): number =>
  bytes.writeUInt16BE(length, bytes.writeUInt16BE(tag, at));

function writeAddress(
  bytes: Buffer,
  at: number,
  [ton, npi, address]: readonly [number, number, string],
): number {
  bytes[at] = ton;
  bytes[at + 1] = npi;
  return writeText(bytes, at + 2, address);
}

/** Writes a text; the zero that ends it is there already. */
const writeText = (bytes: Buffer, at: number, text: string): number =>
  at + bytes.write(text, at, 'latin1') + 1;
