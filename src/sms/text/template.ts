import { septetsOf } from '../encoding/encoding.ts';

/** Names that a text may use, and the required ones. */
export interface Vocabulary {
  readonly known: ReadonlySet<string>;
  readonly needed: ReadonlySet<string>;
}

/** A text parsed into variables and clauses. */
export interface Template {
  readonly kind: 'template';
  readonly source: string;
  /** In order of appearance, each once. */
  readonly variables: readonly string[];
  readonly needed: readonly string[];
  readonly sentences: readonly Sentence[];
}

/** The reason why a text is no template. */
interface TemplateFault {
  readonly code: 'VARIABLE_UNKNOWN' | 'VARIABLE_MALFORMED' | 'BRACE_ALONE';
  readonly at: number;
  /** The words at fault. */
  readonly written: string;
}

/** A template, or every fault found in it. */
type Parsed = Template | { readonly kind: 'refused'; readonly faults: readonly TemplateFault[] };

const PLACEHOLDER = /\{([^{}|]*)(?:\|([^{}]*))?\}/g;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Parses `{name}` and `{name|alternative}`; anything else in braces is a fault. */
export function parseTemplate(text: string, vocabulary: Vocabulary): Parsed {
  const source = text.normalize('NFC').toWellFormed();
  const pieces: Piece[] = [];
  const faults: TemplateFault[] = [];
  let from = 0;
  for (const match of source.matchAll(PLACEHOLDER)) {
    const [placeholder, name = '', otherwise] = match;
    pieces.push(source.slice(from, match.index), { name, otherwise });
    faults.push(
      ...nameFaults(name, vocabulary).map((code) => ({ code, at: match.index, written: placeholder })),
    );
    from = match.index + placeholder.length;
  }
  pieces.push(source.slice(from));
  faults.push(...braceFaults(source));
  if (faults.length > 0) return { kind: 'refused', faults: faults.toSorted((a, b) => a.at - b.at) };
  return buildTemplate(source, pieces, vocabulary);
}

function nameFaults(name: string, vocabulary: Vocabulary): TemplateFault['code'][] {
  if (!NAME.test(name)) return ['VARIABLE_MALFORMED'];
  return vocabulary.known.has(name) ? [] : ['VARIABLE_UNKNOWN'];
}

/** Finds single braces; placeholders are blanked first, so that positions stay the same. */
function braceFaults(source: string): TemplateFault[] {
  const blanked = source.replace(PLACEHOLDER, (placeholder) => ' '.repeat(placeholder.length));
  return Array.from(blanked.matchAll(/[{}]/g), (brace) => ({
    code: 'BRACE_ALONE',
    at: brace.index,
    written: brace[0],
  }));
}

/** Returns the names of the variables that have an alternative in the text. */
export const alternativesIn = ({ sentences }: Template): readonly string[] =>
  sentences
    .flatMap((sentence) => sentence.clauses.flatMap(({ pieces }) => pieces))
    .flatMap((piece) => (typeof piece === 'string' || piece.otherwise === undefined ? [] : [piece.name]));

function buildTemplate(source: string, pieces: readonly Piece[], vocabulary: Vocabulary): Template {
  const names = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
  const variables = [...new Set(names)];
  const needed = variables.filter((name) => vocabulary.needed.has(name));
  return { kind: 'template', source, variables, needed, sentences: clauses(pieces) };
}

/** A variable of a text, and the words that replace it when it is empty. */
interface Variable {
  readonly name: string;
  readonly otherwise: string | undefined;
}

export type Piece = string | Variable;

/** The smallest run of words that is dropped whole when its variable is empty. */
interface Clause {
  /** The sign between the clause before and this one. */
  readonly joint: 'start' | 'comma' | 'colon';
  /** That sign as written, spaces included. */
  readonly lead: string;
  readonly pieces: readonly Piece[];
}

/** The clauses up to the end of a sentence or of a line. */
interface Sentence {
  readonly clauses: readonly Clause[];
  /** The sign that ends it, spaces included. */
  readonly close: string;
}

interface Draft {
  readonly joint: Clause['joint'];
  readonly lead: string;
  readonly pieces: Piece[];
}

/** A sign only separates when a space follows: "25,00", "14:30" and "https://" hold together. */
const BOUNDARY =
  /(?<close>(?:(?<!\s)\s+)?(?<![.!?…])[.!?…]+(?:\s+|$)|(?<!\s)\s*\n\s*)|(?<comma>(?:(?<!\s)\s+)?[,;]\s+)|(?<colon>(?:(?<!\s)\s+)?:\s+)/g;

export function clauses(pieces: readonly Piece[]): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let open: Draft[] = [{ joint: 'start', lead: '', pieces: [] }];
  const addPiece = (piece: Piece): void => void open.at(-1)?.pieces.push(piece);
  const endSentence = (close: string): void => {
    sentences.push({ clauses: open, close });
    open = [{ joint: 'start', lead: '', pieces: [] }];
  };
  pieces.forEach((piece, index) => {
    if (typeof piece !== 'string') return addPiece(piece);
    for (const run of runs(piece, index === pieces.length - 1)) {
      if (run.sign === 'words') addPiece(run.text);
      else if (run.sign === 'close') endSentence(run.text);
      else open.push({ joint: run.sign, lead: run.text, pieces: [] });
    }
  });
  endSentence('');
  return sentences.filter(
    (sentence) => sentence.close !== '' || sentence.clauses.some((clause) => clause.pieces.length > 0),
  );
}

interface Run {
  readonly sign: 'words' | 'close' | 'comma' | 'colon';
  readonly text: string;
}

function runs(words: string, isLast: boolean): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const boundary of words.matchAll(BOUNDARY)) {
    const [text] = boundary;
    // A full stop at the end of these words, with a variable right behind it, ends nothing.
    if (!isLast && boundary.index + text.length === words.length && !/\s$/.test(text)) continue;
    if (boundary.index > from) found.push({ sign: 'words', text: words.slice(from, boundary.index) });
    found.push({ sign: signOf(boundary.groups), text });
    from = boundary.index + text.length;
  }
  if (from < words.length) found.push({ sign: 'words', text: words.slice(from) });
  return found;
}

function signOf(groups: Record<string, string | undefined> | undefined): 'close' | 'comma' | 'colon' {
  if (groups?.['close'] !== undefined) return 'close';
  return groups?.['comma'] === undefined ? 'colon' : 'comma';
}

/** Values of variables; absent and blank ones are empty. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The final text, or the names of the required variables that have no value. */
type Rendered =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'cannot-render';
      readonly code: 'TEXT_CANNOT_RENDER';
      readonly missing: readonly string[];
    };

/** Prepositions and articles at the end of a text: they make no sense before an empty variable. */
const DANGLING =
  /(?:^|\s)(?:de|du|des|d'|le|la|les|l'|à|au|aux|avec|pour|chez|par|en|dans|sur|of|the|at|on|with|for|to|in|by)\s*$/i;

/**
 * Fills a template in one pass: braces in a value are not filled again. A clause is dropped whole when all of its
 * variables are empty, and so is a clause without variables that introduces it with a colon.
 */
export function render(template: Template, values: Values): Rendered {
  const valueOf = cleanValues(template, values);
  const missing = template.needed.filter((name) => valueOf(name) === '');
  const text =
    missing.length > 0
      ? ''
      : template.sentences
          .map((sentence) => renderSentence(sentence, valueOf))
          .join('')
          .trim();
  return text === ''
    ? { kind: 'cannot-render', code: 'TEXT_CANNOT_RENDER', missing }
    : { kind: 'text', text };
}

type ValueOf = (name: string) => string;

function cleanValues(template: Template, values: Values): ValueOf {
  const cleaned = new Map(template.variables.map((name) => [name, cleanValue(ownValue(values, name))]));
  return (name) => cleaned.get(name) ?? '';
}

const ownValue = (values: Values, name: string): string =>
  (Object.hasOwn(values, name) ? values[name] : '') ?? '';

/** Cleans a value to one line of visible characters: no control, direction or zero-width sign survives. */
export function cleanValue(value: string): string {
  return value
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function renderSentence({ clauses: written, close }: Sentence, valueOf: ValueOf): string {
  const kept = written.filter((clause, index) => !isDropped(clause, written.slice(index + 1), valueOf));
  const [first, ...others] = kept;
  if (first === undefined) return '';
  const words =
    clauseText(first, valueOf) + others.map((clause) => clause.lead + clauseText(clause, valueOf)).join('');
  return (first === written[0] ? words : capitalised(words.trimStart())) + close;
}

/**
 * Says whether a clause is dropped: all of its variables are empty, or it introduces a dropped clause with a colon.
 */
function isDropped(clause: Clause, [next, ...others]: readonly Clause[], valueOf: ValueOf): boolean {
  const variables = variablesOf(clause);
  if (variables.length > 0) return variables.every((variable) => isEmpty(variable, valueOf));
  return next?.joint === 'colon' && isDropped(next, others, valueOf);
}

const variablesOf = (clause: Clause): Variable[] =>
  clause.pieces.filter((piece) => typeof piece !== 'string');

const isEmpty = ({ name, otherwise }: Variable, valueOf: ValueOf): boolean =>
  otherwise === undefined && valueOf(name) === '';

function clauseText({ pieces }: Clause, valueOf: ValueOf): string {
  return pieces.reduce<string>((text, piece) => {
    if (typeof piece === 'string') return joinWithOneSpace(text, piece);
    return isEmpty(piece, valueOf) ? text.replace(DANGLING, ' ') : text + filled(piece, valueOf);
  }, '');
}

const filled = ({ name, otherwise }: Variable, valueOf: ValueOf): string => {
  const value = valueOf(name);
  return value === '' ? (otherwise ?? '') : value;
};

/** Appends words to a text and leaves one space where an empty variable had one on each side. */
const joinWithOneSpace = (text: string, words: string): string =>
  text === '' || text.endsWith(' ') ? text + words.trimStart() : text + words;

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const [PLAIN, ESCAPED, COSTLY] = ['x', '€', 'ê'];

/**
 * Returns meaningless letters that take as many septets or UTF-16 units as a personal value, to count parts without
 * it.
 */
export function standIn(value: string): string {
  const weights = Array.from(cleanValue(value), signsOf);
  const count = (sign: string): number => weights.filter((signs) => signs[0] === sign).join('').length;
  const letters = PLAIN.repeat(count(PLAIN)) + ESCAPED.repeat(count(ESCAPED)) + COSTLY.repeat(count(COSTLY));
  return letters.replace(/^x/, 'X');
}

/** Returns letters that take as many septets as a character, or as many UTF-16 units when it has none. */
function signsOf(character: string): string {
  const septets = septetsOf(character);
  if (septets === 0) return COSTLY.repeat(character.length);
  return septets === 1 ? PLAIN : ESCAPED;
}
