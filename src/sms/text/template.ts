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
  /** The words at fault, as written. */
  readonly written: string;
}

/** A template, or every fault found in it. */
export type Parsed = Template | { readonly kind: 'refused'; readonly faults: readonly TemplateFault[] };

const PLACE = /\{([^{}|]*)(?:\|([^{}]*))?\}/g;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Parses `{name}` and `{name|alternative}`; anything else in braces is a fault. */
export function parseTemplate(text: string, vocabulary: Vocabulary): Parsed {
  const source = text.normalize('NFC').toWellFormed();
  const pieces: Piece[] = [];
  const faults: TemplateFault[] = [];
  let from = 0;
  for (const place of source.matchAll(PLACE)) {
    const [written, name = '', otherwise] = place;
    pieces.push(source.slice(from, place.index), { name, otherwise });
    faults.push(...nameFaults(name, vocabulary).map((code) => ({ code, at: place.index, written })));
    from = place.index + written.length;
  }
  pieces.push(source.slice(from));
  faults.push(...lonelyBraces(source));
  if (faults.length > 0) return { kind: 'refused', faults: faults.toSorted((a, b) => a.at - b.at) };
  return built(source, pieces, vocabulary);
}

function nameFaults(name: string, vocabulary: Vocabulary): TemplateFault['code'][] {
  if (!NAME.test(name)) return ['VARIABLE_MALFORMED'];
  return vocabulary.known.has(name) ? [] : ['VARIABLE_UNKNOWN'];
}

/** Finds braces left once the variables are blanked, so that positions stay the same. */
function lonelyBraces(source: string): TemplateFault[] {
  const blanked = source.replace(PLACE, (written) => ' '.repeat(written.length));
  return Array.from(blanked.matchAll(/[{}]/g), (brace) => ({
    code: 'BRACE_ALONE',
    at: brace.index,
    written: brace[0],
  }));
}

/** Returns the variables with an alternative in the text. */
export const alternativesIn = ({ sentences }: Template): readonly string[] =>
  sentences
    .flatMap(({ clauses: parts }) => parts.flatMap(({ pieces }) => pieces))
    .flatMap((piece) => (typeof piece === 'string' || piece.otherwise === undefined ? [] : [piece.name]));

function built(source: string, pieces: readonly Piece[], vocabulary: Vocabulary): Template {
  const names = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
  const variables = [...new Set(names)];
  const needed = variables.filter((name) => vocabulary.needed.has(name));
  return { kind: 'template', source, variables, needed, sentences: clauses(pieces) };
}

/** A variable of a text, with its alternative when it is empty. */
interface Variable {
  readonly name: string;
  readonly otherwise: string | undefined;
}

/** Words, or a variable among them. */
export type Piece = string | Variable;

/** The smallest run of words that is dropped whole when its variable is empty. */
interface Clause {
  /** The connection to the clause before: none, a comma, a colon. */
  readonly joint: 'start' | 'comma' | 'colon';
  /** The connection as written, spaces included. */
  readonly lead: string;
  readonly pieces: readonly Piece[];
}

/** Clauses up to a full stop or a line break. */
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

/** Cuts pieces into sentences and clauses. */
export function clauses(pieces: readonly Piece[]): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let open: Draft[] = [{ joint: 'start', lead: '', pieces: [] }];
  const add = (piece: Piece): void => void open.at(-1)?.pieces.push(piece);
  const end = (close: string): void => {
    sentences.push({ clauses: open, close });
    open = [{ joint: 'start', lead: '', pieces: [] }];
  };
  pieces.forEach((piece, index) => {
    if (typeof piece !== 'string') return add(piece);
    for (const run of runs(piece, index === pieces.length - 1)) {
      if (run.sign === 'words') add(run.text);
      else if (run.sign === 'close') end(run.text);
      else open.push({ joint: run.sign, lead: run.text, pieces: [] });
    }
  });
  end('');
  return sentences.filter(
    ({ clauses: kept, close }) => close !== '' || kept.some((one) => one.pieces.length > 0),
  );
}

interface Run {
  readonly sign: 'words' | 'close' | 'comma' | 'colon';
  readonly text: string;
}

function runs(words: string, last: boolean): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const boundary of words.matchAll(BOUNDARY)) {
    const [text] = boundary;
    // A full stop at the end of these words, with a variable right behind it, ends nothing.
    if (!last && boundary.index + text.length === words.length && !/\s$/.test(text)) continue;
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

/** The final text, or the variables without which it says nothing. */
export type Rendered =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'cannot-render';
      readonly code: 'TEXT_CANNOT_RENDER';
      readonly missing: readonly string[];
    };

/** Little words that make no sense without what follows them. */
const TIED =
  /(?:^|\s)(?:de|du|des|d'|le|la|les|l'|à|au|aux|avec|pour|chez|par|en|dans|sur|of|the|at|on|with|for|to|in|by)\s*$/i;

/**
 * Fills a template once: a value that holds `{x}` stays as it is. A clause all of whose variables are empty is
 * dropped whole, and so is a lead-in to it.
 */
export function render(template: Template, values: Values): Rendered {
  const clean = cleaned(template, values);
  const missing = template.needed.filter((name) => clean(name) === '');
  const text =
    missing.length > 0
      ? ''
      : template.sentences
          .map((one) => sentence(one, clean))
          .join('')
          .trim();
  return text === ''
    ? { kind: 'cannot-render', code: 'TEXT_CANNOT_RENDER', missing }
    : { kind: 'text', text };
}

type Clean = (name: string) => string;

function cleaned(template: Template, values: Values): Clean {
  const clean = new Map(template.variables.map((name) => [name, cleanValue(own(values, name))]));
  return (name) => clean.get(name) ?? '';
}

const own = (values: Values, name: string): string => (Object.hasOwn(values, name) ? values[name] : '') ?? '';

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

function sentence({ clauses: parts, close }: Sentence, clean: Clean): string {
  const kept = parts.filter((clause, at) => !drops(clause, parts.slice(at + 1), clean));
  const [first, ...others] = kept;
  if (first === undefined) return '';
  const words = clauseText(first, clean) + others.map((one) => one.lead + clauseText(one, clean)).join('');
  return (first === parts[0] ? words : capitalised(words.trimStart())) + close;
}

/** Says whether a clause is dropped: for its own variables, or as the lead-in to a dropped clause. */
function drops(clause: Clause, [next, ...others]: readonly Clause[], clean: Clean): boolean {
  const variables = variablesOf(clause);
  if (variables.length > 0) return variables.every((variable) => isEmpty(variable, clean));
  return next?.joint === 'colon' && drops(next, others, clean);
}

const variablesOf = (clause: Clause): Variable[] =>
  clause.pieces.filter((piece) => typeof piece !== 'string');

const isEmpty = ({ name, otherwise }: Variable, clean: Clean): boolean =>
  otherwise === undefined && clean(name) === '';

function clauseText({ pieces }: Clause, clean: Clean): string {
  return pieces.reduce<string>((text, piece) => {
    if (typeof piece === 'string') return joined(text, piece);
    return isEmpty(piece, clean) ? text.replace(TIED, ' ') : text + valueOf(piece, clean);
  }, '');
}

const valueOf = ({ name, otherwise }: Variable, clean: Clean): string => {
  const value = clean(name);
  return value === '' ? (otherwise ?? '') : value;
};

/** Joins two spaces around a variable that left nothing. */
const joined = (text: string, words: string): string =>
  text === '' || text.endsWith(' ') ? text + words.trimStart() : text + words;

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const [PLAIN, ESCAPED, COSTLY] = ['x', '€', 'ê'];

/** Returns a placeholder for personal words: the same weight in every encoding, no content. */
export function standIn(value: string): string {
  const weighed = Array.from(cleanValue(value), signsOf);
  const many = (sign: string): number => weighed.filter((signs) => signs[0] === sign).join('').length;
  const letters = PLAIN.repeat(many(PLAIN)) + ESCAPED.repeat(many(ESCAPED)) + COSTLY.repeat(many(COSTLY));
  return letters.replace(/^x/, 'X');
}

/** Returns signs of the same kind and number as the character takes. */
function signsOf(character: string): string {
  const septets = septetsOf(character);
  if (septets === 0) return COSTLY.repeat(character.length);
  return septets === 1 ? PLAIN : ESCAPED;
}
