import { z } from 'zod';

/** A rule as a timeline cites it. */
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

const Held = z.object({
  code: z.string(),
  text: z.string(),
  until: z.string().nullable(),
  rule: RuleCited.nullable(),
});

/** What happened, what comes next, and what holds it. */
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
    heldBy: Held.nullable(),
    related: z.array(z.object({ kind: z.string(), id: z.string() })).readonly(),
    workflowId: z.string().nullable(),
  })
  .meta({ id: 'Timeline' });

/** The same, as it is put together. */
export type Timeline = z.input<typeof TimelineShown>;
/** One thing that happened. */
export type Happened = z.input<typeof Happened>;
/** What holds the next thing back. */
export type Held = z.input<typeof Held>;
