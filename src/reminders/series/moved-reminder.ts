import type { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { seqOf, type Series } from './series.ts';
import type { SeriesSituation } from './situation.ts';
import { readEligibilities, type Eligibility } from './standing.repository.ts';
import { readStepsOf } from '../steps/step.repository.ts';
import type { Step } from '../steps/step.ts';

/** A reminder that would be sent at another moment; null: it is sent only before, or only after the change. */
export interface ReminderMoved {
  readonly seriesId: string;
  readonly step: string;
  readonly territory: string;
  readonly timeZone: string;
  /** ISO instants. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Reads the situations of some series by two queries, however many; at most some thousand. */
export async function situationsOf(
  tx: Transaction,
  now: DateTime<true>,
  series: readonly Series[],
): Promise<readonly SeriesSituation[]> {
  const eligibilities = await readEligibilities(tx, { about: series, at: now.toISO() });
  const steps = await readStepsOf(tx, series);
  return series.flatMap((one, place) => {
    const eligibility = eligibilities[place];
    return eligibility === undefined
      ? []
      : [{ series: one, eligibility, steps: steps.get(one.id) ?? [], now }];
  });
}

/** The steps of one series now, and under the change. */
interface Compared {
  readonly series: Series;
  readonly eligibility: Eligibility;
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/** Lists reminders that would be sent at another moment, or only before or only after. */
export function remindersMoved({ series, eligibility, before, after }: Compared): ReminderMoved[] {
  const known = new Map(before.map((step) => [keyOf(step), step]));
  const { territory, timeZone } = eligibility;
  return after.flatMap((step) => {
    const [from, to] = [departs(known.get(keyOf(step))), departs(step)];
    return same(from, to) ? [] : [{ seriesId: series.id, step: step.step, territory, timeZone, from, to }];
  });
}

/** Returns the moment of a step; null when it was sent, or will not be. */
export const departs = (step: Step | undefined): string | null =>
  step?.state === 'planned' ? step.plannedAt : null;

const keyOf = ({ revision, position }: Step): number => seqOf(revision, position);

const same = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));
