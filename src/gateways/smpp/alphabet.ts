import { gsm7Text, gsm7Octets, septetsAt } from '../../sms/index.ts';
import type { Call } from '../../sending/index.ts';

/** The possible default alphabets of an operator (`data_coding` 0). */
export type Alphabet = 'gsm-7' | 'latin-1' | 'utf-8';

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

/** Interprets `data_coding`: by SMPP 3.4 up to 15, beyond it by the coding scheme of GSM. */
function kindOf(dataCoding: number): 'default' | 'narrow' | 'wide' {
  if (dataCoding === 8) return 'wide';
  if (dataCoding < 0x10) return dataCoding === 0 ? 'default' : 'narrow';
  const group = dataCoding >> 4;
  if (group === 0xe) return 'wide';
  if (group === 0xc || group === 0xd) return 'default';
  const alphabet = group === 0xf ? (dataCoding >> 2) & 1 : (dataCoding >> 2) & 3;
  return alphabet === 0 ? 'default' : alphabet === 2 ? 'wide' : 'narrow';
}

/**
 * Reads octets in the operator's default alphabet. GSM-7 has no octet from 128 on: such words are in another,
 * whatever is declared.
 */
function byDefault(octets: Buffer, alphabet: Alphabet): readonly string[] {
  if (octets.some((octet) => octet >= 0x80)) return narrow(octets);
  const both = [gsm7Text(octets), octets.toString('latin1')];
  return alphabet === 'gsm-7' ? both : both.toReversed();
}

/** Reads octets as one a character: those from 128 on that are UTF-8 throughout are hardly ever anything else. */
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

/** Septets, or octets of UCS-2, that fit into one part behind a header of six octets. */
const BEHIND_HEADER = { 'GSM-7': 153, 'UCS-2': 134 } as const;
const ALONE = { 'GSM-7': 160, 'UCS-2': 140 } as const;

/** `data_coding`: the operator's default alphabet, or UCS-2. */
const DATA_CODING = { 'GSM-7': 0, 'UCS-2': 8 } as const;

/** Maximum octets of a message, or of a part with its header. */
const LONGEST_MESSAGE = 254;
const HEADER = 6;

const ESCAPE = 0x1b;
const BEYOND_LATIN_1 = /[^\0-\xff]/;

/**
 * Encodes a text in the default alphabet of an operator, whole and in parts that split no character; letters outside
 * Latin-1 need UCS-2.
 */
export function writtenText(
  { text, encoding }: Pick<Call, 'text' | 'encoding'>,
  alphabet: Alphabet,
): ReturnType<typeof whole> {
  if (encoding === 'UCS-2' || (alphabet === 'latin-1' && BEYOND_LATIN_1.test(text)))
    return whole(Buffer.from(text, 'utf16le').swap16(), 'UCS-2');
  if (alphabet === 'gsm-7') return whole(gsm7Octets(text), 'GSM-7');
  const charset = alphabet === 'latin-1' ? 'latin1' : 'utf8';
  return {
    dataCoding: DATA_CODING['GSM-7'],
    whole: Buffer.from(text, charset),
    parts: inSeptets(text, charset),
  };
}

const whole = (octets: Buffer, encoding: Call['encoding']) => ({
  dataCoding: DATA_CODING[encoding],
  whole: octets,
  parts: partsOf(octets, encoding),
});

function partsOf(octets: Buffer, encoding: Call['encoding']): readonly Buffer[] {
  if (octets.length <= ALONE[encoding]) return [octets];
  const parts: Buffer[] = [];
  let from = 0;
  while (from < octets.length) {
    const to = Math.min(from + BEHIND_HEADER[encoding], octets.length);
    const end = to < octets.length && splits(octets, to, encoding) ? to - (encoding === 'GSM-7' ? 1 : 2) : to;
    parts.push(octets.subarray(from, end));
    from = end;
  }
  return parts;
}

const splits = (octets: Buffer, at: number, encoding: Call['encoding']): boolean =>
  encoding === 'GSM-7'
    ? octets[at - 1] === ESCAPE
    : octets.readUInt16BE(at - 2) >= 0xd800 && octets.readUInt16BE(at - 2) < 0xdc00;

/** Cuts a text as the operator sends it to phones, in GSM-7, so that each part also fits into a message here. */
function inSeptets(text: string, charset: 'latin1' | 'utf8'): readonly Buffer[] {
  const octetsIn = (some: string): number => Buffer.byteLength(some, charset);
  const cut = (most: { readonly septets: number; readonly octets: number }): readonly string[] => {
    const parts: string[] = [];
    let [septets, octets] = [Infinity, 0];
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      septets += septetsAt(text, at);
      octets += octetsIn(character);
      if (septets > most.septets || octets > most.octets) {
        parts.push('');
        [septets, octets] = [septetsAt(text, at), octetsIn(character)];
      }
      parts.push((parts.pop() ?? '') + character);
    }
    return parts;
  };
  const alone = cut({ septets: ALONE['GSM-7'], octets: LONGEST_MESSAGE });
  const parts =
    alone.length <= 1 ? alone : cut({ septets: BEHIND_HEADER['GSM-7'], octets: LONGEST_MESSAGE - HEADER });
  return (parts.length === 0 ? [''] : parts).map((part) => Buffer.from(part, charset));
}
