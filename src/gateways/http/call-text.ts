/** Decodes bytes: UTF-8, UTF-16 where they show it, else Windows-1252, which reads Latin-1 as well. */
export function textOfBytes(bytes: Buffer, contentType = ''): string {
  const wide = wideCharset(bytes, contentType);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  try {
    return UTF_8.decode(bytes);
  } catch {
    return WINDOWS_1252.decode(bytes);
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const WINDOWS_1252 = new TextDecoder('windows-1252');

/** Detects UTF-16 by its mark, by its label, or by the zero bytes of the signs with which every call begins. */
function wideCharset(bytes: Buffer, contentType: string): 'utf-16le' | 'utf-16be' | undefined {
  const begins = bytes.toString('latin1', 0, 2);
  if (/^(?:\xFF\xFE|[^\0]\0)/.test(begins)) return 'utf-16le';
  if (/^(?:\xFE\xFF|\0[^\0])/.test(begins)) return 'utf-16be';
  const label = /charset="?utf-16(le|be)?/i.exec(contentType);
  if (label === null) return undefined;
  return label[1]?.toLowerCase() === 'le' ? 'utf-16le' : 'utf-16be';
}

/** Returns the names and values of a form or a query, each decoded by its own bytes. */
export const formPairs = (form: string): readonly (readonly [name: string, value: string])[] =>
  form
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const sign = pair.indexOf('=');
      const end = sign === -1 ? pair.length : sign;
      return [decoded(pair.slice(0, end)), decoded(pair.slice(end + 1))] as const;
    });

/** `form` holds a byte in each character, as Node reads an address and `latin1` a body. */
function decoded(written: string): string {
  const bytes = Buffer.from(written.replaceAll('+', ' '), 'latin1');
  const plain = bytes
    .toString('latin1')
    .replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return textOfBytes(Buffer.from(plain, 'latin1'));
}
