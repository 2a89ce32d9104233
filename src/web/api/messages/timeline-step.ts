import { STEP_STATES, stepName } from '../../../reminders/steps/step-name.ts';
import type { Step } from '../../../reminders/steps/step.ts';
import { wordsIn, type Language } from '../../../words/index.ts';

/** Which step, and where it stands: `Rappel, 2 jours avant : parti.` */
export function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = wordsIn(language).punctuation.colon;
  return `${stepName(step, language)}${colon}${STEP_STATES[state][language]}.`;
}
