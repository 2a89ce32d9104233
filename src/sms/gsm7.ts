/**
 * The default alphabet of 3GPP 23.038, ESC left out.
 *
 * Position 9 is Ç in the standard and ç in Unicode's GSM0338.TXT: handsets follow the standard.
 */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** The extension table: an escape and the character, two septets that never part. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Septets that a character takes in GSM-7: 1, 2, or 0 when it has none. */
export function septetsOf(character: string): 0 | 1 | 2 {
  if (BASIC.has(character)) return 1;
  return EXTENSION.has(character) ? 2 : 0;
}

/** Whether a whole text can travel in GSM-7. */
export function fitsGsm7(text: string): boolean {
  for (const character of text) if (septetsOf(character) === 0) return false;
  return true;
}
