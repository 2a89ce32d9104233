import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending, orElsewhere } from './attempt.ts';
import { answering } from './refusal.ts';

/** One series of one tenant. */
export interface SeriesIds {
  readonly tenantId: string;
  readonly seriesId: string;
}

/** What conducting a series needs of the domain; all of it safe to repeat. */
export interface ReminderPort {
  planSeries(series: SeriesIds): Promise<Plan>;
  /** Sends the step that is due, or says why not; answers the next plan. */
  sendStep(series: SeriesIds, attempt: Attempt): Promise<Plan>;
  /** Closes the row under the revision planned; another plan than `done` when it changed meanwhile. */
  endSeries(series: SeriesIds): Promise<Plan>;
}

/** The verbs of a reminder series. */
export const createReminderActivities = (reminders: ReminderPort, ending: Ending) => ({
  planSeries: (series: SeriesIds) =>
    answering(() => beating(ending, () => orElsewhere(() => reminders.planSeries(series)))),
  sendStep: (series: SeriesIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => reminders.sendStep(series, attempt)))),
  endSeries: (series: SeriesIds) => answering(() => beating(ending, () => reminders.endSeries(series))),
});
