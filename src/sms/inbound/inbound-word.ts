import {
  objectionIn,
  asksForEverything,
  OPT_OUT_WORDS_VERSION,
  optOutIn,
  type OptOutRule,
} from './opt-out-word.ts';
import { isAlsoOptOut, rightsIn, type RightsAsked } from './rights-word.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** Letters of other alphabets that look like ours; phones and pranksters mix them. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ...lookAlikes('АВСЕНІЈКМОРЅТУХԚԜ', 'ABCEHIJKMOPSTYXQW'),
  ...lookAlikes('авсеіјкморѕтухԛԝ', 'ABCEIJKMOPSTYXQW'),
  ...lookAlikes('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ', 'ABEZHIKMNOPTYXC'),
  ...lookAlikes('αβεικνορτυχςσ', 'ABEIKVOPTUXSS'),
  ...lookAlikes('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'ABCDEFGHIJKLMNOPRSTUVWYZ'),
  ...lookAlikes('ØøŁłĐđıƟƠɵ', 'OOLLDDIOOO'),
  // Lisu, Cherokee, Armenian and Coptic have a S, T, O, P of their own shape.
  ...lookAlikes('ꓢꓔꓳꓑꓮꓰꓣꓐꓲꓠ', 'STOPAERBIN'),
  ...lookAlikes('ᏚᎢᏢᎪᎬᎡᏴ', 'STPAERB'),
  ...lookAlikes('ՏօՕոⲞⲢⲦⲀⲈ', 'SOONOPTAE'),
  ['œ', 'OE'],
  ['Œ', 'OE'],
  ['æ', 'AE'],
  ['Æ', 'AE'],
  ['ß', 'SS'],
]);

/** The first code points of alphabets in boxes and bubbles, which Unicode does not decompose. */
const BOXED_ALPHABETS = [0x1f1e6, 0x1f150, 0x1f170] as const;

function lookAlikes(characters: string, letters: string): [string, string][] {
  return Array.from(characters, (character, index) => [character, letters.charAt(index)]);
}

function toLatin(character: string): string {
  const known = LOOK_ALIKES.get(character);
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  const first = BOXED_ALPHABETS.find((start) => point >= start && point < start + 26);
  return first === undefined ? character : String.fromCharCode(65 + point - first);
}

/**
 * Words that form another word with the STOP behind them: "non-stop", but not "non, stop" nor "non stop svp", which
 * begs for an end.
 */
const COMPOUND =
  /(?<!\p{L})(non|one|auto|bus|pit)[ \u2010-\u2015-]stop(?!\p{L})(?!(?<=^\s*non.stop)\s+(?:svp|stp|merci|please|s.il)(?!\p{L}))/giu;

/** Signs of prohibition, which opt out when the reply has no words. */
const FORBIDDING = /^[\p{P}\p{Z}\p{M}\p{Cf}]*[🛑⛔🚫]/u;

/** Characters of a reply that are judged; ten parts hold fewer. */
const LONGEST = 2_000;

interface ReplyWords {
  readonly words: readonly string[];
  /** The words of the first line: the lines after it may be a signature. */
  readonly opening: readonly string[];
  /** True when the reply is longer than what is judged. */
  readonly cut: boolean;
}

/** Returns the words of a reply, without quotations of our message. */
export function replyWords(text: string): ReplyWords {
  const ownText = ownWords(text.slice(0, LONGEST)).trim();
  const [opening = ''] = ownText.split(LINE_BREAK);
  const words = inboundWords(ownText);
  const cut = text.length > LONGEST;
  if (words.length === 0 && FORBIDDING.test(ownText)) return { words: ['STOP'], opening: ['STOP'], cut };
  return { words, opening: inboundWords(opening), cut };
}

/**
 * Normalizes the words of a text: no accents, no case, no signs, Latin letters. "Arrêt!!", "ＳＴＯＰ", "S.T.O.P",
 * "ЅТОР" and "$top" become ARRET and STOP, "non-stop" one word that is neither.
 */
export function inboundWords(text: string): readonly string[] {
  const bare = text
    .normalize('NFKD')
    .slice(0, LONGEST)
    .replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[$§](?=\p{L})/gu, 'S');
  const words = Array.from(bare, toLatin)
    .join('')
    .replace(COMPOUND, '$1stop')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(withoutDigitsForLetters);
  return joinSpelledWords(words);
}

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/u;

/** Lines marked as quoted by mail and SMS apps; "> STOP", of fewer than three words, counts as the person's own. */
const QUOTED = /^\s*[>|](?:\s*[^\s>|]+){3}/u;
const QUOTING = /^\s*(?:le|on|du|from|de)\b.{0,120}\b(?:a écrit|a ecrit|wrote|écrit)\s*:\s*$/iu;

/** Removes quotations of our message, whose STOP the person did not write; a reply that is nothing else is kept. */
function ownWords(text: string): string {
  const lines = text.split(LINE_BREAK);
  const ownLines = lines.filter((line) => !QUOTED.test(line) && !QUOTING.test(line));
  const quotedLines = lines.length - ownLines.length;
  return quotedLines > 0 && ownLines.some((line) => /[\p{L}\p{N}]/u.test(line)) ? ownLines.join('\n') : text;
}

/** Replaces digits that stand for letters inside a word: "ST0P" and "5TOP". */
const withoutDigitsForLetters = (word: string): string =>
  /^(?=.*[A-Z])[A-Z05]+$/.test(word) ? word.replaceAll('0', 'O').replaceAll('5', 'S') : word;

/** Joins four single letters or more, as in "S T O P"; fewer, as in "l a", stay apart. */
function joinSpelledWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let letters: string[] = [];
  const flush = (): void => {
    joined.push(...(letters.length >= 4 ? [letters.join('')] : letters));
    letters = [];
  };
  for (const word of words) {
    if (/^\p{L}$/u.test(word)) letters.push(word);
    else {
      flush();
      joined.push(word);
    }
  }
  flush();
  return joined;
}

/** The request in a reply; `objection` suspends marketing and waits for a person. */
export type ReplyKind =
  | 'stop'
  | 'stop-all'
  | 'contact'
  | 'start'
  | 'confirm'
  | 'cancel'
  | 'decline'
  | 'objection'
  | 'other';

/** The kinds of replies that opt out, the widest first. */
const OPT_OUT_KINDS: readonly ReplyKind[] = ['stop-all', 'stop', 'objection'];

/** Says whether a reply asks for no more messages. */
export const silences = (kind: ReplyKind): boolean => OPT_OUT_KINDS.includes(kind);

/** Why a reply was classified so; it never repeats the person's words. */
export interface ReplyBecause {
  readonly ruleId: 'OPT-04' | 'OPT-08';
  /** The clause of the rule that applied. */
  readonly code:
    | OptOutRule
    | 'SAID_BY_OPERATOR'
    | 'TURN_OF_PHRASE'
    | 'WHOLE_WORDS'
    | 'QUESTION'
    | 'NOTHING_MATCHED';
  /** The word or phrase of our lists that matched. */
  readonly matched?: string;
  /** Version of those lists. */
  readonly words: string;
  /** True when only the beginning of a very long text was judged. */
  readonly cut?: true;
}

/** A classified reply. */
export interface Reply {
  readonly kind: ReplyKind;
  readonly because: ReplyBecause;
  /** A request under the RGPD in the same reply, whatever its kind. */
  readonly rights?: RightsAsked;
}

const CONTACT = /^(?:CONTACTS?|AIDE|INFOS?|HELP)(?: (?:SVP|STP|SMS|MERCI|PLEASE|\d{5})){0,4}$/;
const START =
  /^(?:START|UNSTOP|RESTART|RESUBSCRIBE|SUBSCRIBE|REABON+\w{0,7}|REINSCRI\w{0,6}|REACTIV\w{1,5}|ME REABON+ER)(?: (?:MOI|SVP|STP|SMS|MERCI|PLEASE|ME|\d{5})){0,4}$/;
const CANCEL =
  /^(?:2|ANNUL(?:E|ER|EZ|ATION|EE)|CANCEL(?:LED)?|J ANNULE|(?:JE )?(?:VEUX|SOUHAITE|VOUDRAIS|DOIS|DESIRE) ANNULER|MERCI D ANNULER)(?: .{0,60})?$/;
const NEGATED = /\b(?:NE|N|PAS|SURTOUT PAS|DONT|DON T|NOT)\b/;

/** Classifies a reply; words that may be a STOP count as one. */
export function classifyReply(text: string): Reply {
  const { words, opening, cut } = replyWords(text);
  const phrase = words.join(' ');
  const rights = rightsIn(phrase);
  const { kind, ...because } =
    readOptOut({ words, opening }, text) ?? readRightsObjection(rights) ?? readRequest(phrase, text);
  return {
    kind,
    because: { ruleId: 'OPT-04', ...because, words: OPT_OUT_WORDS_VERSION, ...(cut ? { cut } : {}) },
    ...(rights === undefined ? {} : { rights }),
  };
}

/** Classifies a reply as a whole and each of its parts, and returns the widest opt-out among them. */
export function strictestReply(text: string, parts: readonly string[]): Reply {
  const breadthRank = ({ kind }: Reply): number =>
    silences(kind) ? OPT_OUT_KINDS.indexOf(kind) : OPT_OUT_KINDS.length;
  return parts
    .map(classifyReply)
    .reduce(
      (widest, reply) => (breadthRank(reply) < breadthRank(widest) ? reply : widest),
      classifyReply(text),
    );
}

/** Classifies a reply that the operator took as a STOP: at least `stop`, whatever its text. */
export function operatorStop(text: string): Reply {
  const reply = classifyReply(text);
  if (reply.kind === 'stop-all') return reply;
  return {
    ...reply,
    kind: 'stop',
    because: { ruleId: 'OPT-04', code: 'SAID_BY_OPERATOR', words: OPT_OUT_WORDS_VERSION },
  };
}

type WordReading = { readonly kind: ReplyKind } & Pick<ReplyBecause, 'code' | 'matched'> &
  Partial<Pick<ReplyBecause, 'ruleId'>>;

function readOptOut(
  { words, opening }: Pick<ReplyWords, 'words' | 'opening'>,
  text: string,
): WordReading | undefined {
  const match = optOutIn(words) ?? optOutIn(opening);
  if (match !== undefined)
    return {
      kind: asksForEverything(words) ? 'stop-all' : 'stop',
      code: match.rule,
      matched: match.matched,
    };
  const objection = objectionIn(words.join(' '), text.includes('?') ? 'question' : 'statement');
  return objection === undefined
    ? undefined
    : { kind: 'objection', code: 'TURN_OF_PHRASE', matched: objection };
}

/** Reads a request to be forgotten as an objection too, even where no phrase of our lists objects. */
const readRightsObjection = (rights: RightsAsked | undefined): WordReading | undefined =>
  rights !== undefined && isAlsoOptOut(rights)
    ? { kind: 'objection', code: 'TURN_OF_PHRASE', matched: rights.matched }
    : undefined;

function readRequest(phrase: string, text: string): WordReading {
  if (CONTACT.test(phrase))
    return { kind: 'contact', ruleId: 'OPT-08', code: 'WHOLE_WORDS', matched: 'CONTACT' };
  if (START.test(phrase)) return { kind: 'start', ruleId: 'OPT-08', code: 'WHOLE_WORDS', matched: 'START' };
  // A question is no order: "annulé ?" waits for a person like any other text.
  if (text.includes('?')) return { kind: 'other', code: 'QUESTION' };
  if (YES.test(phrase)) return { kind: 'confirm', code: 'WHOLE_WORDS', matched: 'CONFIRM' };
  if (NO.test(phrase)) return { kind: 'decline', code: 'WHOLE_WORDS', matched: 'DECLINE' };
  // "2" alone cancels; "2 personnes" and "ne pas annuler" do not.
  if (CANCEL.test(phrase) && !NEGATED.test(phrase) && !/^2 ./.test(phrase))
    return { kind: 'cancel', code: 'WHOLE_WORDS', matched: 'CANCEL' };
  return { kind: 'other', code: 'NOTHING_MATCHED' };
}

/** Courtesies that may surround an answer without changing it, in accentless capitals. */
const BEFORE = '(?:(?:BONJOUR|BONSOIR|HELLO|SALUT) )?';
const AFTER =
  '(?: (?:SVP|MERCI|MERCI BEAUCOUP|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT)){0,3}';

const ACCEPTING = [
  '1',
  'OUI(?: OUI){0,3}',
  'OUI (?:1|BIEN SUR|D ACCORD|JE VIENS|JE SERAI LA|JE SERAI PRESENTE?)',
  'YES',
  'CONFIRM(?:E|ER|EZ|ED|ATION)?',
  '(?:OUI )?(?:JE|J) CONFIRME(?: (?:MON|LE|MA|NOTRE))?(?: (?:RDV|RENDEZ VOUS|PRESENCE|VENUE))?',
  'I CONFIRM',
];

const ABSENT = '(?:VENIR|ETRE LA|ETRE PRESENTE?)';
const DECLINING = [
  'NON(?: NON){0,3}',
  'NON 2',
  'NON (?:DESOLEE?|IMPOSSIBLE)',
  '(?:NON )?(?:DESOLEE? )?JE (?:NE )?(?:VIENS|VIENDRAI|SERAI) PAS(?: (?:LA|PRESENTE?))?',
  `(?:NON )?(?:DESOLEE? )?JE (?:NE )?(?:PEUX|POURRAI|PEUT) PAS(?: ${ABSENT})?`,
  'NO',
  '(?:NO )?I (?:CAN T|CANT|CANNOT|CAN NOT|WON T|WILL NOT)(?: (?:COME|MAKE IT|BE THERE|ATTEND))?',
];

const PLAIN_CANCEL =
  '(?:J )?(?:ANNULE|ANNULER|ANNULEZ|ANNULATION)(?: (?:MON|LE|CE) (?:RDV|RENDEZ VOUS))?|CANCEL(?: MY APPOINTMENT)?';

const wholeReply = (...phrases: readonly string[]): RegExp =>
  new RegExp(`^${BEFORE}(?:${phrases.join('|')})${AFTER}$`);

/** A whole reply that means yes, in accentless capitals. */
const YES = wholeReply(...ACCEPTING);

/** A whole reply that means no, in accentless capitals; "2" and ANNULER are handled separately. */
const NO = wholeReply(...DECLINING);

const PLAIN_NO = wholeReply('2', PLAIN_CANCEL, ...DECLINING);

const THANKS =
  /^(?:(?:MERCI|MERCI BEAUCOUP|MERCI BIEN|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT|A BIENTOT|VOUS AUSSI)(?: |$)){1,4}$/;

/** The answer to a question about attendance; thanks alone mean neither yes nor no. */
export type ReplyAnswer = 'yes' | 'no' | 'thanks';

/**
 * Reads a whole reply as the answer to a question; undefined where it says more, asks a question, or is ambiguous.
 * Call `classifyReply` first: an opt-out comes before an answer.
 */
export function answerIn(text: string): ReplyAnswer | undefined {
  const { words, cut } = replyWords(text);
  if (cut || text.includes('?')) return undefined;
  const phrase = words.join(' ');
  if (YES.test(phrase)) return 'yes';
  if (PLAIN_NO.test(phrase)) return 'no';
  return THANKS.test(phrase) ? 'thanks' : undefined;
}

const REPLY_SENTENCES: Readonly<Record<ReplyKind, Words>> = bilingual.reply.heard;

/** `%s` is the word or phrase of our lists. */
const REASONS: Readonly<Record<ReplyBecause['code'], Words>> = bilingual.reply.why;

/** Explains the classification of a reply in one sentence, without the person's words. */
export function replySentence(
  { kind, because }: { readonly kind: ReplyKind; readonly because: ReplyBecause },
  language: Language,
): string {
  const reason = REASONS[because.code][language].replace('%s', () => because.matched ?? '');
  const colon = wordsIn(language).punctuation.colon;
  return `${REPLY_SENTENCES[kind][language]}${colon}${reason} (${because.ruleId}).`;
}
