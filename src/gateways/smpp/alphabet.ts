import { gsm7Text } from '../../sms/index.ts';

/** The possible default alphabets of an operator (`data_coding` 0). */
export type Alphabet = 'gsm-7' | 'latin-1' | 'utf-8';

/** Octets of words, with their declared alphabet. */
export interface Coded {
  readonly octets: Buffer;
  readonly dataCoding: number;
}

/** Windows-1252 from 128 to 159, where Latin-1 has no letters; its gaps are kept as they are. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * Returns the possible readings of octets, the most likely first. The others serve the search for a STOP: an
 * operator may declare another alphabet than it writes.
 */
export function readingsOf({ octets, dataCoding }: Coded, alphabet: Alphabet): readonly string[] {
  const kind = kindOf(dataCoding);
  const readings =
    kind === 'wide' ? wide(octets) : kind === 'default' ? byDefault(octets, alphabet) : narrow(octets);
  return [...new Set(readings)];
}

/** Decodes a text from an operator's own system: UCS-2 where it is declared, else one octet a character. */
export const systemText = ({ octets, dataCoding }: Coded): string =>
  kindOf(dataCoding) === 'wide' ? utf16(octets, 'big') : octets.toString('latin1');

/** By SMPP 3.4 up to 15, beyond it by the coding scheme of GSM. */
function kindOf(dataCoding: number): 'default' | 'narrow' | 'wide' {
  if (dataCoding === 8) return 'wide';
  if (dataCoding < 0x10) return dataCoding === 0 ? 'default' : 'narrow';
  const group = dataCoding >> 4;
  if (group === 0xe) return 'wide';
  if (group === 0xc || group === 0xd) return 'default';
  const alphabet = group === 0xf ? (dataCoding >> 2) & 1 : (dataCoding >> 2) & 3;
  return alphabet === 0 ? 'default' : alphabet === 2 ? 'wide' : 'narrow';
}

/** GSM-7 with one septet an octet has no octet from 128 on: such words are of another alphabet, whatever is declared. */
function byDefault(octets: Buffer, alphabet: Alphabet): readonly string[] {
  if (octets.some((octet) => octet >= 0x80)) return narrow(octets);
  const both = [gsm7Text(octets), octets.toString('latin1')];
  return alphabet === 'gsm-7' ? both : both.toReversed();
}

/** Octets from 128 on that are UTF-8 throughout are hardly ever anything else. */
function narrow(octets: Buffer): readonly string[] {
  const first = utf8(octets) ?? windows(octets);
  const others = octets.includes(0) ? [utf16(octets, 'big'), utf16(octets, 'little')] : [];
  return octets.some((octet) => octet >= 0x80)
    ? [first, windows(octets), ...others]
    : [first, gsm7Text(octets), ...others];
}

function wide(octets: Buffer): readonly string[] {
  const both = [utf16(octets, 'big'), utf16(octets, 'little')];
  const ordered = octets.length > 1 && octets.readUInt16BE(0) === 0xfffe ? both.toReversed() : both;
  return octets.includes(0) ? ordered : [...ordered, ...narrow(octets)];
}

function utf8(octets: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}

const windows = (octets: Buffer): string =>
  octets.toString('latin1').replaceAll(/[\u0080-\u009f]/g, (one) => WINDOWS[one.charCodeAt(0) - 0x80] ?? one);

/** Decodes UTF-16 without a surplus octet at its end or a mark of the order. */
function utf16(octets: Buffer, order: 'big' | 'little'): string {
  const even = Buffer.from(octets.subarray(0, octets.length - (octets.length % 2)));
  return (order === 'big' ? even.swap16() : even).toString('utf16le').replace(/^\uFEFF/, '');
}
