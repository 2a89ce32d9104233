import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending, orElsewhere } from './attempt.ts';
import { answering } from './refusal.ts';

export interface SeriesIds {
  readonly tenantId: string;
  readonly seriesId: string;
}

export interface ReminderPort {
  planSeries(series: SeriesIds): Promise<Plan>;
  /** Sends the due step, or gives the reason why not; returns the next plan. */
  sendStep(series: SeriesIds, attempt: Attempt): Promise<Plan>;
  /** Closes the row under the planned revision; another plan than `done` when it changed meanwhile. */
  endSeries(series: SeriesIds): Promise<Plan>;
}

/** Creates the activities of a reminder series. */
export const createReminderActivities = (reminders: ReminderPort, ending: Ending) => ({
  planSeries: (series: SeriesIds) =>
    answering(() => beating(ending, () => orElsewhere(() => reminders.planSeries(series)))),
  sendStep: (series: SeriesIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => reminders.sendStep(series, attempt)))),
  endSeries: (series: SeriesIds) => answering(() => beating(ending, () => reminders.endSeries(series))),
});
