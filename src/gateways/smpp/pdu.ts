import { PDU } from 'smpp';

/** Every PDU that we write or understand, by its id. */
export const COMMANDS = {
  genericNack: 0x80000000,
  submitResp: 0x80000004,
  deliver: 0x00000005,
  unbind: 0x00000006,
  unbindResp: 0x80000006,
  bindTransceiverResp: 0x80000009,
  enquireLink: 0x00000015,
  enquireLinkResp: 0x80000015,
  data: 0x00000103,
} as const;

/** What we answer to what an operator tells. */
export const ANSWERS = {
  kept: 0x00,
  unknownCommand: 0x03,
  notBound: 0x04,
  /** It is told again later. */
  later: 0x64,
  /** It is not told again: nobody can read it. */
  unreadable: 0x65,
} as const;

const HEAD = 16;

/** The head of a PDU, which every one of them has. */
export interface Head {
  readonly command: number;
  readonly status: number;
  readonly sequence: number;
}

/** Fields by the names of the specification. */
export type Fields = Readonly<Record<string, unknown>>;

/** The head of a whole PDU. */
export const headOf = (frame: Buffer): Head => ({
  command: frame.readUInt32BE(4),
  status: frame.readUInt32BE(8),
  sequence: frame.readUInt32BE(12),
});

/** The fields of a PDU; undefined when they cannot be read. */
export function fieldsOf(frame: Buffer): Fields | undefined {
  try {
    return new PDU(frame);
  } catch {
    return undefined;
  }
}

/** The id in the answer to a message; undefined when the operator gives none. */
export function idIn(frame: Buffer): string | undefined {
  const end = frame.indexOf(0, HEAD);
  const id = frame.toString('latin1', HEAD, end < 0 ? frame.length : end).trim();
  return id === '' ? undefined : id;
}

/** The bytes of a PDU. */
export const bytesOf = (command: string, sequence: number, fields: Fields = {}): Buffer =>
  new PDU(command, { ...fields, sequence_number: sequence }).toBuffer();

/** A field of text without what pads it; undefined where there is none. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  const text = typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('latin1') : '';
  const bare = text.replaceAll('\0', '').trim();
  return bare === '' ? undefined : bare;
}

/** A field that is a number; undefined where there is none. */
export function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
}

/** The words of a message, wherever its operator puts them. */
export function wordsOf(fields: Fields): string {
  const short = wordsIn(fields['short_message']);
  return short === '' ? wordsIn(fields['message_payload']) : short;
}

function wordsIn(value: unknown): string {
  const held = typeof value === 'object' && value !== null && 'message' in value ? value.message : value;
  if (Buffer.isBuffer(held)) return held.toString('latin1');
  return typeof held === 'string' ? held : '';
}
