/** Letters of other alphabets that look like ours; phones and pranksters mix them. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ...alike('АВСЕНІЈКМОРЅТУХԚԜ', 'ABCEHIJKMOPSTYXQW'),
  ...alike('авсеіјкморѕтухԛԝ', 'ABCEIJKMOPSTYXQW'),
  ...alike('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ', 'ABEZHIKMNOPTYXC'),
  ...alike('αβεικνορτυχςσ', 'ABEIKVOPTUXSS'),
  ...alike('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'ABCDEFGHIJKLMNOPRSTUVWYZ'),
  ...alike('ØøŁłĐđıƟƠɵ', 'OOLLDDIOOO'),
  // Lisu, Cherokee, Armenian and Coptic have a S, T, O, P of their own shape.
  ...alike('ꓢꓔꓳꓑꓮꓰꓣꓐꓲꓠ', 'STOPAERBIN'),
  ...alike('ᏚᎢᏢᎪᎬᎡᏴ', 'STPAERB'),
  ...alike('ՏօՕոⲞⲢⲦⲀⲈ', 'SOONOPTAE'),
  ['œ', 'OE'],
  ['Œ', 'OE'],
  ['æ', 'AE'],
  ['Æ', 'AE'],
  ['ß', 'SS'],
]);

/** First code points of alphabets in boxes and bubbles that have no decomposition. */
const BOXED_ALPHABETS = [0x1f1e6, 0x1f150, 0x1f170] as const;

function alike(characters: string, letters: string): [string, string][] {
  return Array.from(characters, (character, index) => [character, letters.charAt(index)]);
}

function latin(character: string): string {
  const known = LOOK_ALIKES.get(character);
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  const first = BOXED_ALPHABETS.find((start) => point >= start && point < start + 26);
  return first === undefined ? character : String.fromCharCode(65 + point - first);
}

/**
 * Words that absorb the STOP behind them, unless a sign separates them: "non-stop", but "non, stop". "Non stop svp"
 * begs: nobody begs for opening hours in three words.
 */
const COMPOUND =
  /(?<!\p{L})(non|one|auto|bus|pit)[ \u2010-\u2015-]stop(?!\p{L})(?!(?<=^\s*non.stop)\s+(?:svp|stp|merci|please|s.il)(?!\p{L}))/giu;

/** Signs that forbid, when nothing else was sent. */
const FORBIDDING = /^[\p{P}\p{Z}\p{M}\p{Cf}]*[🛑⛔🚫]/u;

/** A longer reply is judged by its beginning: ten parts hold less. */
const LONGEST = 2_000;

/** The words of a reply, and whether its end was cut. */
export interface ReplyWords {
  readonly words: readonly string[];
  /** Those of the first line: the rest may be a signature. */
  readonly opening: readonly string[];
  readonly cut: boolean;
}

/** Returns the words of a reply; of one longer than ten parts, those of its beginning. */
export function replyWords(text: string): ReplyWords {
  const own = ownWords(text.slice(0, LONGEST)).trim();
  const [opening = ''] = own.split(LINE_BREAK);
  const words = inboundWords(own);
  const cut = text.length > LONGEST;
  if (words.length === 0 && FORBIDDING.test(own)) return { words: ['STOP'], opening: ['STOP'], cut };
  return { words, opening: inboundWords(opening), cut };
}

/**
 * Normalizes the words of a text: no accents, no case, no signs, Latin letters. "Arrêt!!", "ＳＴＯＰ", "S.T.O.P",
 * "ЅТОР" and "$top" become ARRET and STOP, "non-stop" one word that is neither.
 */
export function inboundWords(text: string): readonly string[] {
  const written = text
    .normalize('NFKD')
    .slice(0, LONGEST)
    .replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[$§](?=\p{L})/gu, 'S');
  const words = Array.from(written, latin)
    .join('')
    .replace(COMPOUND, '$1stop')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(withoutDigitsForLetters);
  return spelledOut(words);
}

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/u;

/** Quoted lines, as clients mark them; "> STOP" alone counts as one's own. */
const QUOTED = /^\s*[>|](?:\s*[^\s>|]+){3}/u;
const QUOTING = /^\s*(?:le|on|du|from|de)\b.{0,120}\b(?:a écrit|a ecrit|wrote|écrit)\s*:\s*$/iu;

/** Returns the person's own words: a quotation of our message below them contains STOP without asking for it. */
function ownWords(text: string): string {
  const lines = text.split(LINE_BREAK);
  const own = lines.filter((line) => !QUOTED.test(line) && !QUOTING.test(line));
  const quoted = lines.length - own.length;
  return quoted > 0 && own.some((line) => /[\p{L}\p{N}]/u.test(line)) ? own.join('\n') : text;
}

/** Replaces digits for letters inside a word: "ST0P" and "5TOP". */
const withoutDigitsForLetters = (word: string): string =>
  /^(?=.*[A-Z])[A-Z05]+$/.test(word) ? word.replaceAll('0', 'O').replaceAll('5', 'S') : word;

/** Joins "S T O P" and leaves "l a" and "n y" as they are. */
function spelledOut(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let letters: string[] = [];
  const close = (): void => {
    joined.push(...(letters.length >= 4 ? [letters.join('')] : letters));
    letters = [];
  };
  for (const word of words) {
    if (/^\p{L}$/u.test(word)) letters.push(word);
    else {
      close();
      joined.push(word);
    }
  }
  close();
  return joined;
}
