import type { Words } from '../../../words/index.ts';

/** A symbol that enforces a provision, and the file that exports it. */
export interface Enforcer {
  readonly file: string;
  readonly symbol: string;
}

/** Where a provision is enforced and which tests hold it there. */
export interface Enforcement {
  /** Empty when this version does not enforce it. */
  readonly by: readonly Enforcer[];
  readonly tests: readonly string[];
  /** Something of it is left to the controller; the note says what. */
  readonly partly?: true;
  readonly note?: Words;
}

interface Named<Module> {
  readonly file: string;
  readonly symbol: keyof Module & string;
}

/** Names a symbol of a module: types refuse one that is not exported, `npm run docs:check` a file that is another. */
export const by = <Module>(file: string, symbol: keyof Module & string): Named<Module> => ({ file, symbol });

/** A provision that this version leaves to somebody else. */
export const left = (note: Words): Enforcement => ({ by: [], tests: [], note });

/** A test of the law by its name. */
export const law = (name: string): string => `test/law/${name}.test.ts`;

/** A test of texts and numbers by its name. */
export const sms = (name: string): string => `test/sms/${name}.test.ts`;

/** The test of agreements and their proofs. */
export const consents = 'test/people/consent/record-consents.test.ts';

/** The statement that marks a message: what it looks at last decides whether the message leaves. */
export const look = by<typeof import('../../../sending/attempt/look.repository.ts')>(
  'src/sending/attempt/look.repository.ts',
  'lookAndMark',
);
