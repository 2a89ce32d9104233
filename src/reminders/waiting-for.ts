import { z } from 'zod';

/** What a series waits for; the same shape as what a campaign does. */
export interface WaitingFor {
  readonly code: string;
  readonly ruleId: string | null;
  /** ISO instant. */
  readonly until: string | null;
  readonly text: string;
  readonly byTerritory: readonly {
    readonly territory: string;
    readonly count: number;
    readonly until: string | null;
  }[];
}

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
