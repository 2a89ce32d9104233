import { fieldOf, plainHeading } from './import-heading.ts';
import type { ImportOptions } from './import.repository.ts';

/** Whatever keeps somebody from being written to: unread, it would let everybody be. */
const BARRING: ReadonlySet<string> = new Set(['withdrawnAt', 'birthDate', 'purpose', 'basis']);

/** So many are told; whoever misses more has another file in hand. */
const MOST_TOLD = 10;

/**
 * Headings that a caller maps to a field that bars people, where the file has none of them.
 *
 * One mapping may serve files of several shapes: of the headings for one field a single one is enough.
 */
export function unmetHeadings(
  headings: readonly string[],
  { mapping = {}, defaults = {} }: Pick<ImportOptions, 'mapping' | 'defaults'>,
): readonly string[] {
  const here = new Set(headings.map(plainHeading));
  return [...Map.groupBy(Object.keys(mapping), (heading) => fieldMeant(mapping[heading] ?? ''))]
    .filter(([target]) => BARRING.has(target) && !(target in defaults))
    .filter(([, named]) => !named.some((heading) => here.has(plainHeading(heading))))
    .flatMap(([, named]) => named)
    .slice(0, MOST_TOLD);
}

const fieldMeant = (target: string): string => fieldOf(target)?.field ?? target;
