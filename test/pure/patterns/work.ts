import { Session } from 'node:inspector/promises';

const session = new Session();

/** From now on each function that is compiled counts how often its blocks run. */
export async function startCounting(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/**
 * How much work something is, counted and not timed: how often each block of our sources ran, and how many characters
 * patterns and built-in searches were given. The same on every machine.
 */
export async function workOf(act: () => unknown): Promise<number> {
  // What was counted is told once: this forgets what came before.
  await session.post('Profiler.takePreciseCoverage');
  const text = countingCharacters();
  try {
    await act();
  } finally {
    text.end();
  }
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const blocks = result
    .filter(
      ({ url }) => (url.includes('/src/') && !url.includes('/node_modules/')) || url.endsWith('/careless.ts'),
    )
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
    .reduce((sum, count) => sum + count, 0);
  return blocks + text.characters();
}

/** How many characters patterns and built-in searches of this process were given meanwhile. */
export async function charactersOf(act: () => Promise<unknown>): Promise<number> {
  const text = countingCharacters();
  try {
    await act();
  } finally {
    text.end();
  }
  return text.characters();
}

/** Built-in searches whose work is the text that they look at. */
const SEARCHES = ['indexOf', 'lastIndexOf', 'includes', 'split', 'replaceAll', 'normalize'] as const;

interface Called {
  readonly self: unknown;
  readonly given: readonly unknown[];
  readonly found: unknown;
  /** Where a pattern goes on. */
  readonly from: number;
}

type Cost = (called: Called) => number;

/** Tells of each call of a method of a prototype, until told to end. */
function watched(prototype: object, name: string, tell: (called: Called) => void): () => void {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') throw new Error(`there is no ${name}`);
  Reflect.set(prototype, name, function telling(this: unknown, ...given: unknown[]): unknown {
    const from = this instanceof RegExp ? this.lastIndex : 0;
    const found: unknown = Reflect.apply(method, this, given);
    tell({ self: this, given, found, from });
    return found;
  });
  return () => void Reflect.set(prototype, name, method);
}

/** The longest text that a pattern, or a normalisation, was given while something ran. */
export function longestGiven(act: () => unknown): number {
  let longest = 0;
  const note = (text: unknown): void => {
    longest = Math.max(longest, String(text).length);
  };
  const ends = [
    watched(RegExp.prototype, 'exec', ({ given: [text] }) => note(text)),
    watched(String.prototype, 'normalize', ({ self }) => note(self)),
  ];
  try {
    act();
  } finally {
    for (const end of ends) end();
  }
  return longest;
}

function countingCharacters(): { characters: () => number; end: () => void } {
  let counted = 0;
  const counts = (prototype: object, name: string, cost: Cost): (() => void) =>
    watched(prototype, name, (called) => {
      counted += cost(called);
    });
  const ends = [
    // Every pattern goes through it, whichever method is called.
    counts(RegExp.prototype, 'exec', ofPattern),
    ...SEARCHES.map((name) => counts(String.prototype, name, ofSearch)),
  ];
  return {
    characters: () => counted,
    end: () => {
      for (const end of ends) end();
    },
  };
}

const ofPattern: Cost = ({ self, given: [text], found, from }) => {
  if (Array.isArray(found)) return Number(Reflect.get(found, 'index')) + String(found[0]).length + 1 - from;
  // What has to stand at one place is looked for nowhere else.
  return self instanceof RegExp && self.sticky ? 1 : String(text).length + 1 - from;
};

const ofSearch: Cost = ({ self, given: [, from], found }) =>
  (typeof found === 'number' && found >= 0 ? found : String(self).length) -
  (typeof found === 'number' && typeof from === 'number' ? from : 0);
