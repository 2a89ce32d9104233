import { z } from 'zod';

/** A wait: rule, end, place, and number of people. */
export const WaitingForShown = z.object({
  code: z.string(),
  ruleId: z.string().nullable(),
  until: z.string().nullable(),
  text: z.string(),
  byTerritory: z
    .array(z.object({ territory: z.string(), count: z.int(), until: z.string().nullable() }))
    .readonly(),
});
