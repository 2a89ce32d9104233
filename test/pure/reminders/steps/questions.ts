import { DateTime } from 'luxon';
import { localityOf, type Territory } from '../../../../src/rule/territory.ts';
import { planSteps } from '../../../../src/reminders/steps/plan-steps.ts';
import type { PlannedStep, PlanQuestion, StepWish } from '../../../../src/reminders/steps/planned-step.ts';

/** A question with one default each; wall times are those of the place. */
export interface Asked {
  readonly event: string;
  readonly zone?: string;
  readonly territory?: Territory;
  readonly plan?: readonly (string | StepWish)[];
  /** Wall time in the zone of the event. */
  readonly now?: string;
  readonly more?: Partial<PlanQuestion>;
}

export const asked = ({
  event,
  zone = 'Europe/Paris',
  territory = 'FR',
  plan = ['P2D'],
  now,
  more,
}: Asked): PlanQuestion => ({
  plan: plan.map((wish) => (typeof wish === 'string' ? { offset: wish } : wish)),
  purpose: 'appointment',
  eventAt: DateTime.fromISO(event, { zone }),
  locality: localityOf(territory),
  now:
    now === undefined
      ? DateTime.fromISO(event, { zone }).minus({ days: 60 })
      : DateTime.fromISO(now, { zone }),
  exclusion: null,
  left: [],
  ...more,
});

/** Returns `2027-01-09T08:30` on the recipient's clock, or the code of a step that is not planned. */
const shown = ({ state, plannedAt, reason }: PlannedStep): string =>
  state === 'planned' && plannedAt !== undefined
    ? plannedAt.toFormat("yyyy-MM-dd'T'HH:mm")
    : `${state} ${reason?.code ?? '?'}`;

export const planned = (question: Asked): string[] => planSteps(asked(question)).map(shown);
