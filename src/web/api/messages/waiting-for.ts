import { z } from 'zod';

/** What something waits for: by which rule, until when, where, and for how many people. */
export const WaitingFor = z.object({
  code: z.string(),
  ruleId: z.string().nullable(),
  until: z.string().nullable(),
  text: z.string(),
  byTerritory: z
    .array(z.object({ territory: z.string(), count: z.int(), until: z.string().nullable() }))
    .readonly(),
});
