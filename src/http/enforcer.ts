import type { Words } from '../law/rule.ts';

/** A symbol that enforces a provision, and the file that exports it. */
export interface Enforcer {
  readonly file: string;
  readonly symbol: string;
}

/** Where a provision is enforced and which tests hold it there. */
export interface Enforcement {
  /** Besides the provision's own file; empty when this version does not enforce it. */
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
export const left = (fr: string, en: string): Enforcement => ({ by: [], tests: [], note: { fr, en } });
