import { DateTime } from 'luxon';
import { momentInWords } from '../../law/index.ts';
import type { StepNote } from '../../platform/index.ts';
import { reasonIn } from '../../sending/index.ts';
import type { Eligibility } from '../series/standing.repository.ts';
import { STEP_STATES, stepName } from './step-name.ts';
import { hasLeft, type Step } from './step.ts';
import { languageOf } from '../../words/index.ts';

/** A series of a year has more steps than a page shows, and each plan carries the notes. */
const MOST_NOTES = 20;

/** Describes the last steps for the page of a series, each with its moment and its reason. */
export function stepNotes(steps: readonly Step[], eligibility: Eligibility): readonly StepNote[] {
  const language = languageOf(eligibility.locale);
  return steps.slice(-MOST_NOTES).map((step) => ({
    step: stepName(step.step, language),
    state: STEP_STATES[step.state][language],
    moment: momentInWords(DateTime.fromISO(momentOf(step), { zone: eligibility.timeZone }), language),
    because: step.because === null ? '' : reasonIn(step.because, language).text,
  }));
}

const momentOf = (step: Step): string =>
  (hasLeft(step) ? step.message?.acceptedAt : undefined) ?? step.plannedAt ?? step.wantedAt;
