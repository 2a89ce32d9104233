import {
  objectionIn,
  asksForEverything,
  OPT_OUT_WORDS_VERSION,
  optOutIn,
  type OptOutRule,
} from './opt-out-word.ts';
import { leaves, rightsIn, type RightsAsked } from './rights-word.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

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

/** The kinds of opt-outs, the widest first. */
const SILENCING: readonly ReplyKind[] = ['stop-all', 'stop', 'objection'];

/** Says whether a reply asks for no more messages. */
export const silences = (kind: ReplyKind): boolean => SILENCING.includes(kind);

/** The reason for reading a reply so, in our words and never in the person's. */
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
  /** A request under the RGPD in the same words, whatever else they are. */
  readonly rights?: RightsAsked;
}

const CONTACT = /^(?:CONTACTS?|AIDE|INFOS?|HELP)(?: (?:SVP|STP|SMS|MERCI|PLEASE|\d{5})){0,4}$/;
const START =
  /^(?:START|UNSTOP|RESTART|RESUBSCRIBE|SUBSCRIBE|REABON+\w{0,7}|REINSCRI\w{0,6}|REACTIV\w{1,5}|ME REABON+ER)(?: (?:MOI|SVP|STP|SMS|MERCI|PLEASE|ME|\d{5})){0,4}$/;
const CANCEL =
  /^(?:2|ANNUL(?:E|ER|EZ|ATION|EE)|CANCEL(?:LED)?|J ANNULE|(?:JE )?(?:VEUX|SOUHAITE|VOUDRAIS|DOIS|DESIRE) ANNULER|MERCI D ANNULER)(?: .{0,60})?$/;
const NEGATED = /\b(?:NE|N|PAS|SURTOUT PAS|DONT|DON T|NOT)\b/;

/** Classifies a reply: in doubt, a possible STOP is one. */
export function classifyReply(text: string): Reply {
  const { words, opening, cut } = replyWords(text);
  const said = words.join(' ');
  const rights = rightsIn(said);
  const { kind, ...because } = optOut({ words, opening }, text) ?? objectionOf(rights) ?? request(said, text);
  return {
    kind,
    because: { ruleId: 'OPT-04', ...because, words: OPT_OUT_WORDS_VERSION, ...(cut ? { cut } : {}) },
    ...(rights === undefined ? {} : { rights }),
  };
}

/** Classifies a reply and its parts: the widest opt-out counts. */
export function strictestReply(text: string, parts: readonly string[]): Reply {
  const asks = ({ kind }: Reply): number => (silences(kind) ? SILENCING.indexOf(kind) : SILENCING.length);
  return parts
    .map(classifyReply)
    .reduce((most, one) => (asks(one) < asks(most) ? one : most), classifyReply(text));
}

/** Classifies a STOP that the operator took for us; the text may ask for more. */
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

function optOut(
  { words, opening }: Pick<ReplyWords, 'words' | 'opening'>,
  text: string,
): WordReading | undefined {
  const sure = optOutIn(words) ?? optOutIn(opening);
  if (sure !== undefined)
    return {
      kind: asksForEverything(words) ? 'stop-all' : 'stop',
      code: sure.rule,
      matched: sure.matched,
    };
  const turn = objectionIn(words.join(' '), text.includes('?') ? 'asked' : 'told');
  return turn === undefined ? undefined : { kind: 'objection', code: 'TURN_OF_PHRASE', matched: turn };
}

/** A person who asks to be forgotten opts out too, also where no phrase of ours says so. */
const objectionOf = (rights: RightsAsked | undefined): WordReading | undefined =>
  rights !== undefined && leaves(rights)
    ? { kind: 'objection', code: 'TURN_OF_PHRASE', matched: rights.matched }
    : undefined;

function request(said: string, text: string): WordReading {
  if (CONTACT.test(said))
    return { kind: 'contact', ruleId: 'OPT-08', code: 'WHOLE_WORDS', matched: 'CONTACT' };
  if (START.test(said)) return { kind: 'start', ruleId: 'OPT-08', code: 'WHOLE_WORDS', matched: 'START' };
  // A question is no order: "annulé ?" waits for a person like any other text.
  if (text.includes('?')) return { kind: 'other', code: 'QUESTION' };
  if (YES.test(said)) return { kind: 'confirm', code: 'WHOLE_WORDS', matched: 'CONFIRM' };
  if (NO.test(said)) return { kind: 'decline', code: 'WHOLE_WORDS', matched: 'DECLINE' };
  // "2" alone cancels; "2 personnes" and "ne pas annuler" do not.
  if (CANCEL.test(said) && !NEGATED.test(said) && !/^2 ./.test(said))
    return { kind: 'cancel', code: 'WHOLE_WORDS', matched: 'CANCEL' };
  return { kind: 'other', code: 'NOTHING_MATCHED' };
}

/** Words that may surround an answer without changing it, in accentless capitals. */
const BEFORE = '(?:(?:BONJOUR|BONSOIR|HELLO|SALUT) )?';
const AFTER =
  '(?: (?:SVP|MERCI|MERCI BEAUCOUP|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT)){0,3}';

const COMES = [
  '1',
  'OUI(?: OUI){0,3}',
  'OUI (?:1|BIEN SUR|D ACCORD|JE VIENS|JE SERAI LA|JE SERAI PRESENTE?)',
  'YES',
  'CONFIRM(?:E|ER|EZ|ED|ATION)?',
  '(?:OUI )?(?:JE|J) CONFIRME(?: (?:MON|LE|MA|NOTRE))?(?: (?:RDV|RENDEZ VOUS|PRESENCE|VENUE))?',
  'I CONFIRM',
];

const ABSENT = '(?:VENIR|ETRE LA|ETRE PRESENTE?)';
const STAYS_AWAY = [
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

const whole = (...ways: readonly string[]): RegExp => new RegExp(`^${BEFORE}(?:${ways.join('|')})${AFTER}$`);

/** A whole reply that means yes, in accentless capitals. */
const YES = whole(...COMES);

/** A whole reply that means no, in accentless capitals; "2" and ANNULER are handled separately. */
const NO = whole(...STAYS_AWAY);

const PLAIN_NO = whole('2', PLAIN_CANCEL, ...STAYS_AWAY);

const THANKS =
  /^(?:(?:MERCI|MERCI BEAUCOUP|MERCI BIEN|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT|A BIENTOT|VOUS AUSSI)(?: |$)){1,4}$/;

/** The answer to a question about attendance; thanks alone say neither. */
export type ReplyAnswer = 'yes' | 'no' | 'thanks';

/**
 * Returns the answer of a whole reply to a question; undefined where it says more, asks, or is ambiguous.
 * `classifyReply` checks for an opt-out, and goes first.
 */
export function answerIn(text: string): ReplyAnswer | undefined {
  const { words, cut } = replyWords(text);
  if (cut || text.includes('?')) return undefined;
  const said = words.join(' ');
  if (YES.test(said)) return 'yes';
  if (PLAIN_NO.test(said)) return 'no';
  return THANKS.test(said) ? 'thanks' : undefined;
}

/** The reading of a reply, as a sentence. */
const REPLY_SENTENCES: Readonly<Record<ReplyKind, Words>> = bilingual.reply.heard;

/** The reason of a reading; `%s` is the word or phrase of our lists. */
const WHY: Readonly<Record<ReplyBecause['code'], Words>> = bilingual.reply.why;

/** Words the reason of a reading, without repeating the person's words. */
export function replySentence(
  { kind, because }: { readonly kind: ReplyKind; readonly because: ReplyBecause },
  language: Language,
): string {
  const why = WHY[because.code][language].replace('%s', () => because.matched ?? '');
  const colon = wordsIn(language).punctuation.colon;
  return `${REPLY_SENTENCES[kind][language]}${colon}${why} (${because.ruleId}).`;
}
