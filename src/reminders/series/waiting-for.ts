import { z } from 'zod';
import { type WaitingFor, reasonIn } from '../../sending/index.ts';
import type { Series } from './series.ts';
import type { Language } from '../../words/index.ts';

const Kept = z.object({
  code: z.string(),
  ruleId: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  // Reasons of the law, and reasons that an earlier version kept, are in the tenant's language alone.
  text: z.union([z.string(), z.object({ fr: z.string(), en: z.string() })]),
});

/** Returns the reason kept with the last plan, for its person's place, in the reader's language. */
export function waitingFor(
  { waiting, territory }: Pick<Series, 'waiting' | 'territory'>,
  language: Language,
): WaitingFor | null {
  if (waiting === null) return null;
  const { until, ruleId, ...because } = Kept.parse(waiting);
  return { ...reasonIn(because, language), ruleId, until, byTerritory: [{ territory, count: 1, until }] };
}
