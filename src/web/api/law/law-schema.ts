import { z } from 'zod';
import { CONFIDENCES, LEVELS } from '../../../law/index.ts';
import { decisionExample, holidaysExample, ruleExample, windowsExample } from './law-example.ts';
import { EXTENTS } from './law-enforcement.ts';

/** The reason of a wait, a move or a refusal. */
export const becauseSchema = z
  .object({
    code: z.string(),
    ruleId: z.string().optional(),
    at: z.string().optional(),
    text: z.string(),
  })
  .meta({ id: 'Because' });

/** The statement of one rule. */
const RuleLine = z
  .object({
    id: z.string(),
    title: z.string(),
    level: z.string(),
    source: z.string(),
    effect: z.enum(['allows', 'bars', 'warns', 'ends', 'doubts']),
    until: z.string().optional(),
    about: z.string().optional(),
  })
  .meta({ id: 'RuleLine' });

/** A verdict with all its reasons. */
export const Decided = z
  .object({
    verdict: z.enum(['allow', 'hold', 'refuse', 'expire']).meta({
      description:
        '`allow`: now by the law clock, or then, of a moment that has passed. `hold`: at `at`, which lies ahead. `expire`: too late. `refuse`: something needed to decide is unknown.',
    }),
    at: z.string(),
    until: z.string().optional(),
    because: becauseSchema.optional(),
    rules: z.array(RuleLine),
    territory: z.string(),
    timeZone: z.string(),
    placeFrom: z.string(),
    profile: z.string(),
    rulesVersion: z.string(),
    calendarVersion: z.string(),
  })
  .meta({ id: 'Decision', example: decisionExample });

/** A day and the rules' statements on it. */
export const DayShown = z
  .object({
    on: z.string(),
    because: z.array(z.object({ ruleId: z.string(), title: z.string(), text: z.string() })),
  })
  .meta({ id: 'ToldDay' });

/** Open windows, closed days, and open days advised against. */
export const WindowsShown = z
  .object({
    timeZone: z.string(),
    windows: z.array(z.object({ opensAt: z.string(), closesAt: z.string() })),
    closed: z.array(DayShown),
    warnings: z.array(DayShown),
  })
  .meta({ id: 'Windows', example: windowsExample });

/** Public holidays of one year. */
export const HolidayList = z
  .array(
    z
      .object({
        on: z.string(),
        name: z.string(),
        class: z.enum(['national', 'local', 'soft']),
        source: z.string(),
      })
      .meta({ id: 'Holiday' }),
  )
  .meta({ example: holidaysExample });

const Parameter = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]);

/** The rules in force on a day. */
export const RuleList = z.array(
  z
    .object({
      id: z.string(),
      title: z.string(),
      level: z.enum(LEVELS),
      source: z.string(),
      confidence: z.enum(CONFIDENCES),
      readOn: z.string(),
      inForceFrom: z.string(),
      inForceUntil: z.string().optional(),
      purposes: z.array(z.string()).readonly(),
      parameters: z.record(z.string(), Parameter),
      text: z.string(),
      quoted: z.boolean(),
      reading: z.string(),
      enforced: z
        .object({
          extent: z.enum(EXTENTS),
          by: z.array(z.string()),
          tests: z.array(z.string()),
          note: z.string().nullable(),
        })
        .meta({
          description:
            'Whether this version enforces it: by which symbol of which file, held by which tests; of what is not, or in part, the note says why.',
        }),
    })
    .meta({ id: 'Rule', example: ruleExample }),
);
