import { z } from 'zod';
import type { Language } from '../law/rule.ts';
import { GATE_WORDS, isGateCause } from '../messages/gate-word.ts';
import type { WaitingFor } from '../messages/waiting-for.ts';
import { spoken } from './reason.ts';
import type { Series } from './series.ts';

const Kept = z.object({
  code: z.string(),
  ruleId: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  // What the send path says is kept in the tenant's language alone.
  text: z.union([z.string(), z.object({ fr: z.string(), en: z.string() })]),
});

/** What was kept of it with the last plan, where its one person is, in the reader's language. */
export function waitingFor(
  { waiting, territory }: Pick<Series, 'waiting' | 'territory'>,
  language: Language,
): WaitingFor | null {
  if (waiting === null) return null;
  const { until, ruleId, ...because } = Kept.parse(waiting);
  const said = isGateCause(because.code) ? { ...because, text: GATE_WORDS[because.code] } : because;
  return { ...spoken(said, language), ruleId, until, byTerritory: [{ territory, count: 1, until }] };
}
