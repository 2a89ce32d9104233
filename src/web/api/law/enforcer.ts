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

/** Names a symbol that a file declares; `test/documents` looks for it there. */
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
