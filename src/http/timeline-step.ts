import type { Language } from '../law/rule.ts';
import { STEP_STATES, stepName } from '../reminders/step-name.ts';
import type { Step } from '../reminders/step.ts';

/** Which step, and where it stands: `Rappel, 2 jours avant : parti.` */
export function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = language === 'fr' ? ' : ' : ': ';
  return `${stepName(step, language)}${colon}${STEP_STATES[state][language]}.`;
}
