import { globSync, readFileSync } from 'node:fs';
import { root } from './root.ts';

/** What becomes of a fenced block of a document. */
export type Fate =
  | { readonly kind: 'run' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'printed'; readonly from: string }
  | { readonly kind: 'not run'; readonly because: string }
  | { readonly kind: 'unknown' };

/** A fenced block, and where it stands. */
export interface Block {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly fate: Fate;
}

const FENCE = /^```(\w*)\n(.*?)^```$/gms;
const MARK = /<!-- (not run|setting|printed from):? ([^\n]+) -->\n+$/;
const SHOWN = new Set(['json', 'text', 'csv']);

/** The documents for people, in the order in which a newcomer meets them. */
export function documentFiles(): readonly string[] {
  const shelves = ['introduction', 'learning', 'recipes', 'operating'];
  const rank = (file: string): number => shelves.findIndex((shelf) => file.startsWith(`docs/${shelf}/`));
  return globSync('{README.md,docs/**/*.md}', { cwd: root }).toSorted(
    (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  );
}

/** Every fenced block of a document, with its fate. */
export function blocksOf(file: string): readonly Block[] {
  const page = readFileSync(new URL(file, root), 'utf8');
  const blocks: Block[] = [];
  for (const found of page.matchAll(FENCE)) {
    const [, language = '', text = ''] = found;
    const before = page.slice(0, found.index);
    const fate = fateOf({ language, before, previous: blocks.at(-1) });
    blocks.push({ file, line: before.split('\n').length, language, text, fate });
  }
  return blocks;
}

interface Standing {
  readonly language: string;
  readonly before: string;
  readonly previous: Block | undefined;
}

/** A mark decides; else a shell is run, and what is shown after one is its answer. */
function fateOf({ language, before, previous }: Standing): Fate {
  const [, mark, words = ''] = MARK.exec(before) ?? [];
  if (mark === 'not run') return { kind: 'not run', because: words };
  if (mark === 'setting') return { kind: 'setting', name: words };
  if (mark === 'printed from') return { kind: 'printed', from: words };
  if (language === 'sh') return { kind: 'run' };
  if (SHOWN.has(language) && previous?.fate.kind === 'run') return { kind: 'answer' };
  return { kind: 'unknown' };
}
