export type Language = 'fr' | 'en';

/** Words that carry no meaning of their own, each of one language alone. */
const FUNCTION_WORDS: Readonly<Record<Language, readonly string[]>> = {
  fr: 'le la les une est sont pour avec dans sur sous aucun aucune cette ces qui que dont aux du au vous votre vos jusqu’au depuis et il elle ils elles leur leurs ce sa ses chez par pas ne'.split(
    ' ',
  ),
  en: 'the of and is are was were for with from this that these which who whose whom not to by at be been has have had will would may cannot your you their they its until when where what why how without each every nobody somebody nothing there'.split(
    ' ',
  ),
};

const wholeWords = (words: readonly string[], flags: string): RegExp =>
  new RegExp(
    String.raw`(?<![\p{L}\p{N}_{/.?&=-])(?:${words.join('|')})(?![\p{L}\p{N}_}=(:-]|\.\p{L})`,
    flags,
  );

const WORDS_OF: Readonly<Record<Language, RegExp>> = {
  fr: new RegExp(
    String.raw`${wholeWords(FUNCTION_WORDS.fr, 'iu').source}|(?<![\p{L}\p{N}])(?:[lndsjc]|qu|jusqu)[’'](?=\p{L})`,
    'giu',
  ),
  en: wholeWords(FUNCTION_WORDS.en, 'giu'),
};

/** Names of places and of things that bear such a word in either language, and citations of the law. */
const NAMES =
  /\bart\. [\d()a-z, ]+ (?:et|dont) [\d()a-z]+|\bLa Réunion\b|\bMa société\b|\bLa (?:Réunion|Poste)\b|\bJour de l’An\b|\bPushover\b|Le Chesnay|\bby ; or , or tab\b|\bdu 11 juin\b/g;

/** What is quoted, set as code, or looks like a path of a program. */
const QUOTED = /`[^`]*`|« [^»]* »|“[^”]*”|"[^"]*"|https?:\/\/\S+|\{[^{}]*\}/g;

/** A setting is called by its name. */
const SETTING = /\bBONHEURE_[A-Z_]+|\bTEMPORAL_[A-Z_]+/g;

/** French keeps a space before its tall signs; in English it is a fault. */
const FRENCH_SPACE = /(?<=[\p{L}\p{N})»”"])[ \u00A0\u202F][:;?!](?=\s|$)/gu;

const CODE = /(?<![\p{L}\p{N}_])[A-Z]{2,}(?:_[A-Z0-9]+)+(?![\p{L}\p{N}_])/gu;
const DURATION =
  /(?<![\p{L}\p{N}])-?P(?:\d+[YMWD])+(?:T(?:\d+[HMS])+)?(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])PT(?:\d+[HMS])+(?![\p{L}\p{N}])/gu;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d/g;
const DAY = /(?<![\p{L}\p{N}_/-])\d{4}-\d\d-\d\d(?![\p{L}\p{N}_-]|\.\d)/gu;

/** A place in a text that its reader should not meet. */
export interface Fault {
  readonly kind: 'other language' | 'code' | 'duration' | 'instant' | 'day';
  readonly found: string;
  /** Some words around it. */
  readonly near: string;
}

const otherThan = (language: Language): Language => (language === 'fr' ? 'en' : 'fr');

/** What does not belong into a text of that language. */
export function faultsIn(text: string, language: Language): Fault[] {
  const plain = text.replaceAll(NAMES, ' ').replaceAll(QUOTED, ' ').replaceAll(SETTING, ' ');
  return [
    ...every(plain, WORDS_OF[otherThan(language)], 'other language'),
    ...(language === 'en' ? every(plain, FRENCH_SPACE, 'other language') : []),
    ...every(plain, CODE, 'code'),
    ...every(plain, DURATION, 'duration'),
    ...every(plain, INSTANT, 'instant'),
    ...every(plain, DAY, 'day'),
  ];
}

/** Whether a text is prose of that language. */
export const isProseOf = (text: string, language: Language): boolean =>
  (text.replaceAll(NAMES, ' ').match(WORDS_OF[language])?.length ?? 0) > 0;

function every(text: string, pattern: RegExp, kind: Fault['kind']): Fault[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    kind,
    found,
    near: text.slice(Math.max(0, index - 40), index + found.length + 40).replaceAll(/\s+/g, ' '),
  }));
}

const READ_BY_PEOPLE = / (?:title|aria-label|alt|placeholder|content)="([^"]*)"/g;

/** What programs are told to write, as it is written: `comme P2D ou PT2H`. */
export const withoutFormats = (text: string): string =>
  text.replaceAll(/(?:such as|comme) (?:-?P\w+|\d{4}-\d\d-\d\d(?:T[\d:]+)?)(?: (?:or|ou) P\w+)?/g, ' ');

/** What a person reads or hears of a page in that language: no code, no script, no part in another language. */
export function readableIn(html: string, language: Language): string {
  const body = html
    .replaceAll(/<!--[\s\S]*?-->/g, ' ')
    .replaceAll(/<(script|style|code|pre|textarea|kbd)\b[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(
      new RegExp(String.raw`<(?!html)(\w+)\b[^>]* lang="(?!${language})\w+[^"]*"[^>]*>[\s\S]*?</\1>`, 'g'),
      ' ',
    )
    .replaceAll(/<(\w+)\b[^>]* translate="no"[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<meta name="(?:viewport|robots)"[^>]*>/g, ' ');
  const heard = [...body.matchAll(READ_BY_PEOPLE)].map(([, words = '']) => words);
  return [body.replaceAll(/<[^>]*>/g, ' \n '), ...heard]
    .join(' \n ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', '’')
    .replaceAll('&amp;', '&');
}
