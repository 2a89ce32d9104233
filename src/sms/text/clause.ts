/** A variable of a text, with its alternative when it is empty. */
export interface Variable {
  readonly name: string;
  readonly otherwise: string | undefined;
}

/** Words, or a variable among them. */
export type Piece = string | Variable;

/** The smallest run of words that is dropped whole when its variable is empty. */
export interface Clause {
  /** The connection to the clause before: none, a comma, a colon. */
  readonly joint: 'start' | 'comma' | 'colon';
  /** The connection as written, spaces included. */
  readonly lead: string;
  readonly pieces: readonly Piece[];
}

/** Clauses up to a full stop or a line break. */
export interface Sentence {
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
