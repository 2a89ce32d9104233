import type { Words } from './language.ts';

/** The names of the facts in a sentence, as `{count}`. */
type FactOf<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | FactOf<Rest>
  : never;

/** The facts of a sentence; none without placeholders. */
export type FactsOf<Sentence extends string> = [FactOf<Sentence>] extends [never]
  ? readonly []
  : readonly [facts: Readonly<Record<FactOf<Sentence>, string | number>>];

/** Fills a sentence in each language; throws where a fact is missing. */
export function filled({ fr, en }: Words, facts: Readonly<Record<string, string | number>> = {}): Words {
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(given(facts, name)));
  return { fr: fill(fr), en: fill(en) };
}

function given(facts: Readonly<Record<string, string | number>>, name: string): string | number {
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (fact === undefined) throw new TypeError(`A sentence lacks its fact {${name}}.`);
  return fact;
}
