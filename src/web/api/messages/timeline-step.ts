import { STEP_STATES, stepName, type Step } from '../../../reminders/index.ts';
import { wordsIn, type Language } from '../../../words/index.ts';

/** Which step, and where it stands: `Rappel, 2 jours avant : parti.` */
export function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = wordsIn(language).punctuation.colon;
  return `${stepName(step, language)}${colon}${STEP_STATES[state][language]}.`;
}
