import { z } from 'zod';
import type { WaitingFor } from '../messages/waiting-for.ts';

const Kept = z.object({
  code: z.string(),
  ruleId: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  text: z.string(),
});

/** What was kept of it with the last plan, where its one person is. */
export function waitingFor(kept: unknown, territory: string): WaitingFor | null {
  if (kept === null) return null;
  const { until, ...because } = Kept.parse(kept);
  return { ...because, until, byTerritory: [{ territory, count: 1, until }] };
}
