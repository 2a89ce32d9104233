import { gsm7Octets } from '../../sms/gsm7.ts';
import type { Call } from '../gateway.ts';

/** Octets of one part behind a header of six. */
const BEHIND_HEADER = { 'GSM-7': 153, 'UCS-2': 134 } as const;
const ALONE = { 'GSM-7': 160, 'UCS-2': 140 } as const;

/** `data_coding`: the alphabet of GSM, one character an octet, or UCS-2. */
export const DATA_CODING = { 'GSM-7': 0, 'UCS-2': 8 } as const;

const ESCAPE = 0x1b;

/** A text as SMPP carries it, whole. */
export const octetsOf = ({ text, encoding }: Pick<Call, 'text' | 'encoding'>): Buffer =>
  encoding === 'GSM-7' ? gsm7Octets(text) : Buffer.from(text, 'utf16le').swap16();

/** The same in parts; no escape and no pair of surrogates is split. */
export function partsOf(call: Pick<Call, 'text' | 'encoding'>): readonly Buffer[] {
  const whole = octetsOf(call);
  const { encoding } = call;
  if (whole.length <= ALONE[encoding]) return [whole];
  const parts: Buffer[] = [];
  let from = 0;
  while (from < whole.length) {
    const to = Math.min(from + BEHIND_HEADER[encoding], whole.length);
    const end = to < whole.length && splits(whole, to, encoding) ? to - (encoding === 'GSM-7' ? 1 : 2) : to;
    parts.push(whole.subarray(from, end));
    from = end;
  }
  return parts;
}

/** Whether a part that ends there would tear one character in two. */
const splits = (octets: Buffer, at: number, encoding: Call['encoding']): boolean =>
  encoding === 'GSM-7'
    ? octets[at - 1] === ESCAPE
    : octets.readUInt16BE(at - 2) >= 0xd800 && octets.readUInt16BE(at - 2) < 0xdc00;
