import { z } from 'zod';
import { DayShown } from '../law/law-schema.ts';

const Moment = z.string().nullable();
const Counts = z.record(z.string(), z.int());

const Place = z.object({
  territory: z.string(),
  timeZone: z.string(),
  people: z.int(),
  firstDeparture: Moment,
  lastDeparture: Moment,
  finishesInWindow: z.boolean(),
  because: z.object({ code: z.string(), ruleId: z.string().nullable(), text: z.string() }).nullable(),
  windows: z.array(z.object({ opensAt: z.string(), closesAt: z.string() })),
  closed: z.array(DayShown),
  // Rehearsals of earlier versions lack it.
  opened: z.array(DayShown).default([]),
});

/** The parts of a finished rehearsal that a page shows. */
export const RehearsalDone = z.looseObject({
  current: z.boolean(),
  rehearsedAt: z.string(),
  leavesNow: z.int(),
  held: z.int(),
  neverLeaves: z.int(),
  // Rehearsals of earlier versions lack it.
  endsBefore: Moment.default(null),
  excluded: Counts,
  parts: z.int(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  costlyCharacters: z.array(z.object({ character: z.string(), people: z.int() })),
  finishesInWindow: z.boolean(),
  byTerritory: z.array(Place),
  horizon: z.object({ from: z.string(), to: z.string() }),
  stale: z.array(z.looseObject({ words: z.string(), count: z.int(), trueUntil: z.string() })),
});

/** The parts of a running rehearsal that a page shows. */
export const RehearsalRunning = z.looseObject({
  state: z.literal('running'),
  progress: z.object({ weighed: z.int(), people: z.int().nullable() }),
});
