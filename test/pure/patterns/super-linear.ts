import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { JS, NFA, Transformers, transform } from 'refa';
import { analyse } from 'scslre';

/** A pattern as it is written: `/source/flags`. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** A quantifier that repeats less often than this takes a bounded number of steps a place. */
const MANY = 20;

/**
 * The quantifiers of a pattern whose work grows faster than the text. By automata, not by time: the same answer on
 * every machine. One place tried in many ways (scslre tells
 * Self and Trade; and loops of words that go two ways), or many places each read to the
 * end (`"[^;]*;` over a text of quotes: the loop takes up the beginnings of what would be tried next).
 */
export function superLinear({ source, flags }: Pattern): readonly string[] {
  const ast = new RegExpParser().parseLiteral(`/${source}/${flags}`);
  const oneStart = analyse(ast, { reportTypes: { Move: false } }).reports.map(({ type }) => type);
  return [...oneStart, ...twoWays(ast, flags), ...manyStarts(ast, flags)];
}

/** A loop that goes through one text in two ways: `(?:a|ab|b)*`. */
function twoWays(ast: AST.RegExpLiteral, flags: string): readonly string[] {
  const found: string[] = [];
  visitRegExpAST(ast, {
    onQuantifierEnter(quantifier) {
      const loop = regular(quantifier.element);
      const isWord = !['Character', 'CharacterClass', 'CharacterSet'].includes(quantifier.element.type);
      if (quantifier.max < MANY || !isWord || loop === '') return;
      if (isAmbiguous(automaton(`(?:${loop})*`, flags))) found.push(`Two ways: ${quantifier.raw}`);
    },
  });
  return found;
}

/** Whether a state is met again by two paths of one word. */
function isAmbiguous(loop: NFA): boolean {
  const states = [...loop.nodes()];
  const numbers = new Map(states.map((state, number) => [state, number]));
  const pair = (one: number, other: number): number => one * states.length + other;
  const next = (at: number): readonly number[] => {
    const [one, other] = [states[Math.floor(at / states.length)], states[at % states.length]];
    return [...(one?.out ?? [])].flatMap(([to, characters]) =>
      [...(other?.out ?? [])]
        .filter(([, others]) => !characters.isDisjointWith(others))
        .map(([otherTo]) => pair(numbers.get(to) ?? 0, numbers.get(otherTo) ?? 0)),
    );
  };
  const met = (from: number): ReadonlySet<number> => {
    const seen = new Set(next(from));
    for (const at of seen) for (const to of next(at)) seen.add(to);
    return seen;
  };
  return states.some((_, state) => {
    const home = pair(state, state);
    const apart = [...met(home)].filter((at) => Math.floor(at / states.length) !== at % states.length);
    return apart.some((at) => met(at).has(home));
  });
}

function manyStarts(ast: AST.RegExpLiteral, flags: string): readonly string[] {
  if (flags.includes('y')) return [];
  const found: string[] = [];
  visitRegExpAST(ast, {
    onQuantifierEnter(quantifier) {
      if (quantifier.max >= MANY && takesUpItsBeginning(quantifier, flags))
        found.push(`Move: ${quantifier.raw}`);
    },
  });
  return found;
}

function takesUpItsBeginning(quantifier: AST.Quantifier, flags: string): boolean {
  const { before, after, ending, isAnchored } = aroundOf(quantifier);
  const loop = regular(quantifier.element);
  if ((isAnchored && !flags.includes('m')) || loop === '' || takesNothing(after, flags)) return false;
  const looped = automaton(`(?:${loop})+`, flags);
  if (ending === undefined) return doMeet(looped, automaton(`[^]+${before}(?:${loop})*`, flags));
  const ended = NFA.fromIntersection(looped, automaton(`[^]*(?:${ending})`, flags));
  return doMeet(ended, automaton(`[^]*(?:${before})`, flags));
}

const doMeet = (one: NFA, other: NFA): boolean => !NFA.fromIntersection(one, other).isEmpty;

interface Around {
  /** What stands before it, with its assertions. */
  readonly before: string;
  /** What must be met behind it. */
  readonly after: string;
  /** Of a look behind: what stands between the loop and the place that is looked from. */
  readonly ending?: string;
  readonly isAnchored: boolean;
}

/** A character that no text holds: an assertion behind a loop may always fail. */
const NEVER_MET = String.raw`\uffff`;

function aroundOf(quantifier: AST.Quantifier): Around {
  let [before, after, isAnchored] = ['', '', false];
  let ending: string | undefined;
  for (let node: AST.Node = quantifier; node.parent !== null; node = node.parent) {
    const { parent } = node;
    if (isLookbehind(parent)) [ending, before, after, isAnchored] = [after, '', NEVER_MET, false];
    else if (isLookahead(parent)) after += NEVER_MET;
    if (parent.type !== 'Alternative') continue;
    const at = parent.elements.findIndex((element) => element === node);
    const [ahead, behind] = [parent.elements.slice(0, at), parent.elements.slice(at + 1)];
    before = ahead.map(asWritten).join('') + before;
    after += behind.map((element) => (element.type === 'Assertion' ? NEVER_MET : regular(element))).join('');
    isAnchored ||= ahead.some((element) => element.type === 'Assertion' && element.kind === 'start');
  }
  return { before, after, ...(ending !== undefined && { ending }), isAnchored };
}

/** With its conditions, but for what only a match knows. */
const asWritten = (element: AST.Element): string =>
  /\\[1-9k]/.test(element.raw) ? regular(element) : element.raw;

const isLookbehind = (node: AST.Node): boolean => node.type === 'Assertion' && node.kind === 'lookbehind';
const isLookahead = (node: AST.Node): boolean => node.type === 'Assertion' && node.kind === 'lookahead';

/** The words of an element, without the conditions inside it: rather too many than too few. */
function regular(element: AST.Element): string {
  switch (element.type) {
    case 'Assertion':
      return '';
    case 'Backreference':
      return '[^]*';
    case 'Group':
    case 'CapturingGroup':
      return `(?:${element.alternatives.map(({ elements }) => elements.map(regular).join('')).join('|')})`;
    case 'Quantifier': {
      const inner = regular(element.element);
      const most = Number.isFinite(element.max) ? element.max : '';
      return inner === '' ? '' : `(?:${inner}){${element.min},${most}}`;
    }
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return element.raw;
    default:
      return element satisfies never;
  }
}

const takesNothing = (source: string, flags: string): boolean =>
  new RegExp(`^(?:${source})$`, flags.replaceAll(/[gd]/g, '')).test('');

function automaton(source: string, flags: string): NFA {
  const parser = JS.Parser.fromLiteral({ source, flags: flags.replaceAll(/[gd]/g, '') });
  const { expression, maxCharacter } = parser.parse({ assertions: 'parse' });
  const loose = { ignoreOrder: true, ignoreAmbiguity: true } as const;
  const plain = transform(
    Transformers.applyAssertions(loose),
    transform(Transformers.simplify(loose), expression),
  );
  return NFA.fromRegex(plain, { maxCharacter }, { assertions: 'ignore' });
}
