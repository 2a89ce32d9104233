import type { Words } from '../../../words/index.ts';

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

interface Named<Module> {
  readonly file: string;
  readonly symbol: keyof Module & string;
}

/** Names a symbol of a module: types refuse one that is not exported, `npm run docs:check` one of another file. */
export const by = <Module>(file: string, symbol: keyof Module & string): Named<Module> => ({ file, symbol });

/** Builds a provision that this version does not enforce. */
export const left = (note: Words): Enforcement => ({ by: [], tests: [], note });

/** Returns the path of a test of the law. */
export const law = (name: string): string => `test/law/${name}.test.ts`;

/** Returns the path of a test of texts and numbers. */
export const smsTest = (name: string): string => `test/sms/${name}.test.ts`;

/** The test of agreements and their proofs. */
export const consents = 'test/people/consent/record-consents.test.ts';

/** The statement that marks a message: its last look decides whether the message is sent. */
export const look = by<typeof import('../../../sending/attempt/mark.repository.ts')>(
  'src/sending/attempt/mark.repository.ts',
  'lookAndMark',
);
