import { enforcement } from './enforced.ts';
import type { Enforcement } from './enforcer.ts';
import type { Language } from '../../../words/index.ts';

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
