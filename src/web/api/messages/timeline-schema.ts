import { z } from 'zod';

const RuleCited = z.object({ id: z.string(), title: z.string(), level: z.string(), source: z.string() });

const Happened = z.object({
  at: z.string(),
  clock: z.enum(['law', 'machine']),
  event: z.string(),
  text: z.string(),
  actor: z.string().optional(),
  messageId: z.string().optional(),
  rules: z.array(RuleCited).readonly().optional(),
});

const Coming = z.object({
  at: z.string().nullable().meta({ description: 'None when a person has to act first.' }),
  text: z.string(),
  rule: RuleCited.optional().meta({ description: 'What keeps it back, when that is a rule.' }),
  messageId: z.string().optional(),
});

const HeldShown = z.object({
  code: z.string(),
  text: z.string(),
  until: z.string().nullable(),
  rule: RuleCited.nullable(),
});

/** Past events, the next one, and its hold. */
export const TimelineShown = z
  .object({
    about: z.object({
      kind: z.enum(['message', 'contact', 'series', 'campaign']),
      id: z.string(),
      title: z.string().meta({ description: 'A masked number, a name, or an external id.' }),
      state: z.string(),
    }),
    happened: z.array(Happened).readonly().meta({ description: 'Oldest first.' }),
    next: z.array(Coming).readonly(),
    heldBy: HeldShown.nullable(),
    related: z.array(z.object({ kind: z.string(), id: z.string() })).readonly(),
    workflowId: z.string().nullable(),
  })
  .meta({ id: 'Timeline' });

/** The input form of the same. */
export type Timeline = z.input<typeof TimelineShown>;
/** One past event. */
export type Happened = z.input<typeof Happened>;
/** The cause that holds the next event. */
export type HeldShown = z.input<typeof HeldShown>;
