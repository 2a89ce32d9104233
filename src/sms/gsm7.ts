/**
 * The default alphabet of 3GPP 23.038, ESC left out.
 *
 * Position 9 is Ç in the standard and ç in Unicode's GSM0338.TXT: handsets follow the standard.
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** The extension table: an escape and the character, two septets that never part. */
const EXTENSION = '\f^{}\\[~]|€';

/** Septets by UTF-16 unit: half a surrogate pair has none. */
const SEPTETS = new Uint8Array(0x10000);
for (const character of BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) SEPTETS[character.charCodeAt(0)] = 2;

/** Septets that a character takes in GSM-7: 1, 2, or 0 when it has none. */
export const septetsOf = (character: string): number =>
  character.length === 1 ? septetsAt(character, 0) : 0;

/** Septets of the UTF-16 unit at a place of a text. */
export const septetsAt = (text: string, at: number): number => SEPTETS[text.charCodeAt(at)] ?? 0;

/** Septets of a whole text; undefined when some of it has none. */
export function septetsIn(text: string): number | undefined {
  let septets = 0;
  for (let at = 0; at < text.length; at += 1) {
    const size = septetsAt(text, at);
    if (size === 0) return undefined;
    septets += size;
  }
  return septets;
}
