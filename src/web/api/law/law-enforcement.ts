import { earlierChapters } from './enforced-earlier.ts';
import { laterChapters } from './enforced-later.ts';
import type { Language, Words } from '../../../words/index.ts';

/** A symbol that enforces a provision, and its file. */
export interface Enforcer {
  readonly file: string;
  readonly symbol: string;
}

/** The files that enforce a provision, and the tests that show it. */
export interface Enforcement {
  /** Empty when this version does not enforce it. */
  readonly by: readonly Enforcer[];
  readonly tests: readonly string[];
  /** Set when a part is left to the controller; the note says which. */
  readonly partly?: true;
  readonly note?: Words;
}

/** Names a symbol that a file declares and exports: `test/documents` looks that it does. */
export const by = (file: string, symbol: string): Enforcer => ({ file, symbol });

/** Builds a provision that this version does not enforce. */
export const left = (note: Words): Enforcement => ({ by: [], tests: [], note });

/** Returns the path of a test of the law. */
export const law = (name: string): string => `test/law/${name}.test.ts`;

/** Returns the path of a test of texts and numbers. */
export const smsTest = (name: string): string => `test/sms/${name}.test.ts`;

/** The test of agreements and their proofs. */
export const consents = 'test/people/consent/record-consents.test.ts';

/** The statement that marks a message: its last look decides whether the message is sent. */
export const look = by('src/sending/attempt/mark.repository.ts', 'lookAndMark');

/** Every provision by its id. */
export const enforcement: Readonly<Record<string, Enforcement>> = { ...earlierChapters, ...laterChapters };

/** The extents to which a provision is enforced. */
export const EXTENTS = ['whole', 'part', 'none'] as const;

/** Returns the extent to which this version enforces a provision. */
export function extentOf({ by: enforcers, tests, partly }: Enforcement): (typeof EXTENTS)[number] {
  if (enforcers.length + tests.length === 0) return 'none';
  return partly === true ? 'part' : 'whole';
}

/** Describes the enforcement of a provision, for answers. */
export function enforcedOf(id: string, language: Language) {
  const found = enforcement[id] ?? { by: [], tests: [] };
  return {
    extent: extentOf(found),
    by: found.by.map(({ file, symbol }) => `${file}#${symbol}`),
    tests: [...found.tests],
    note: found.note?.[language] ?? null,
  };
}

/** Lists the provisions that are not enforced, or in part only, with the reason. */
export const notWhole = (language: Language) =>
  Object.entries(enforcement).flatMap(([ruleId, found]) =>
    extentOf(found) === 'whole'
      ? []
      : [{ ruleId, extent: extentOf(found), note: found.note?.[language] ?? '' }],
  );
