import type { Submit } from './submit-sm.ts';

const HEADER = 16;
const SUBMIT_SM = 4;

/** Where a message says that the receipt of its part is wanted, in what alphabet it is, and the zeros beside them. */
const FIXED_BEHIND_DESTINATION = 3;
const FIXED_BEHIND_VALIDITY = 5;

/** Optional parameters that we write, by the specification, and the octets that their numbers take. */
const NUMBERS = [
  ['sar_msg_ref_num', 0x020c, 2],
  ['sar_total_segments', 0x020e, 1],
  ['sar_segment_seqnum', 0x020f, 1],
] as const;
const PAYLOAD = 0x0424;
const TLV_HEAD = 4;

/** The bytes of one `submit_sm`: written by hand, since each message of a campaign pays for it. */
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
  const { source_addr: from, destination_addr: to, validity_period: validity = '' } = submit;
  const addresses = 1 + (2 + from.length + 1) + (2 + to.length + 1);
  const rest = FIXED_BEHIND_DESTINATION + 1 + (validity.length + 1) + FIXED_BEHIND_VALIDITY;
  let size = HEADER + addresses + rest + octetsOf(submit);
  for (const [name, , octets] of NUMBERS) if (submit[name] !== undefined) size += TLV_HEAD + octets;
  return submit.message_payload === undefined ? size : size + TLV_HEAD + submit.message_payload.length;
}

/** Answers where what is optional begins. */
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

/** Text ends with a zero, which is there already. */
const writeText = (bytes: Buffer, at: number, text: string): number =>
  at + bytes.write(text, at, 'latin1') + 1;
