import type { Plan } from '../src/platform/index.ts';
import { type ActivityBounds, beating, type StopSignals, orElsewhere } from './attempt.ts';
import { answering } from './refusal.ts';

export interface SeriesToPlan {
  readonly tenantId: string;
  readonly seriesId: string;
}

export interface ReminderPort {
  planSeries(series: SeriesToPlan): Promise<Plan>;
  /** Sends the due step, or gives the reason why not; returns the next plan. */
  sendStep(series: SeriesToPlan, attempt: ActivityBounds): Promise<Plan>;
  /** Closes the row under the planned revision; another plan than `done` when it changed meanwhile. */
  endSeries(series: SeriesToPlan): Promise<Plan>;
}

/** Creates the activities of a reminder series. */
export const createReminderActivities = (reminders: ReminderPort, ending: StopSignals) => ({
  planSeries: (series: SeriesToPlan) =>
    answering(() => beating(ending, () => orElsewhere(() => reminders.planSeries(series)))),
  sendStep: (series: SeriesToPlan) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => reminders.sendStep(series, attempt)))),
  endSeries: (series: SeriesToPlan) => answering(() => beating(ending, () => reminders.endSeries(series))),
});
