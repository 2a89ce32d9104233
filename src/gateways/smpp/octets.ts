import { gsm7Octets, septetsAt } from '../../sms/index.ts';
import type { Call } from '../../sending/index.ts';
import type { Alphabet } from './alphabet.ts';

/** Septets, or octets of UCS-2, of one part behind a header of six. */
const BEHIND_HEADER = { 'GSM-7': 153, 'UCS-2': 134 } as const;
const ALONE = { 'GSM-7': 160, 'UCS-2': 140 } as const;

/** `data_coding`: the operator's default alphabet, or UCS-2. */
const DATA_CODING = { 'GSM-7': 0, 'UCS-2': 8 } as const;

/** Maximum octets of a message, or of a part with its header. */
const LONGEST_MESSAGE = 254;
const HEADER = 6;

const ESCAPE = 0x1b;
const BEYOND_LATIN_1 = /[^\0-\xff]/;

type Text = Pick<Call, 'text' | 'encoding'>;

/** An encoded text: whole, and in parts that split no character. */
export interface SmppText {
  readonly dataCoding: number;
  readonly whole: Buffer;
  readonly parts: readonly Buffer[];
}

/** Encodes a text in the default alphabet of an operator; letters outside Latin-1 need UCS-2. */
export function writtenText({ text, encoding }: Text, alphabet: Alphabet): SmppText {
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

function whole(octets: Buffer, encoding: Call['encoding']): SmppText {
  return { dataCoding: DATA_CODING[encoding], whole: octets, parts: partsOf(octets, encoding) };
}

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

/** Says whether cutting there would split one character. */
const splits = (octets: Buffer, at: number, encoding: Call['encoding']): boolean =>
  encoding === 'GSM-7'
    ? octets[at - 1] === ESCAPE
    : octets.readUInt16BE(at - 2) >= 0xd800 && octets.readUInt16BE(at - 2) < 0xdc00;

/** The operator sends the alphabet of GSM to phones: parts are as long as there, and fit into a message here. */
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
