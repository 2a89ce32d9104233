import { clauses, type Piece, type Sentence } from './clause.ts';

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
