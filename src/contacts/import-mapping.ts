import { fieldOf, plainHeading } from './import-heading.ts';
import type { ImportOptions } from './import.repository.ts';

/** So many are told; whoever misses more has another file in hand. */
const MOST_TOLD = 10;

/**
 * Headings that a caller maps to a field which then nothing gives: a day of leaving that is not read would let
 * people be written to who left.
 *
 * One mapping may serve files of several shapes: of the headings for one field a single one is enough.
 */
export function unmetHeadings(
  headings: readonly string[],
  { mapping = {}, defaults = {} }: Pick<ImportOptions, 'mapping' | 'defaults'>,
  fields: object,
): readonly string[] {
  const here = new Set(headings.map(plainHeading));
  const isMet = (target: string, named: readonly string[]): boolean =>
    target in fields || target in defaults || named.some((heading) => here.has(plainHeading(heading)));
  return [...Map.groupBy(Object.keys(mapping), (heading) => fieldMeant(mapping[heading] ?? ''))]
    .filter(([target, named]) => !isMet(target, named))
    .flatMap(([, named]) => named)
    .slice(0, MOST_TOLD);
}

const fieldMeant = (target: string): string => fieldOf(target)?.field ?? target;
