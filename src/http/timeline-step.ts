import { Duration } from 'luxon';
import type { Language, Words } from '../law/rule.ts';
import type { Step, StepState } from '../reminders/step.ts';

const STATES: Readonly<Record<StepState, Words>> = {
  planned: { fr: 'prévu', en: 'planned' },
  sent: { fr: 'parti', en: 'left' },
  skipped: { fr: 'pas envoyé', en: 'not sent' },
  cancelled: { fr: 'annulé', en: 'cancelled' },
  failed: { fr: 'refusé par l’opérateur', en: 'refused by the operator' },
  expired: { fr: 'trop tard', en: 'too late' },
  uncertain: { fr: 'sort inconnu', en: 'fate unknown' },
};

const NAMED: Readonly<Record<string, Words>> = {
  moved: { fr: 'Correction (déplacé)', en: 'Correction (moved)' },
  cancelled: { fr: 'Correction (annulé)', en: 'Correction (cancelled)' },
  announce: { fr: 'Échéancier', en: 'Schedule' },
};

const BEFORE: Readonly<
  Record<string, { readonly fr: readonly [string, string]; readonly en: readonly [string, string] }>
> = {
  months: { fr: ['mois', 'mois'], en: ['month', 'months'] },
  weeks: { fr: ['semaine', 'semaines'], en: ['week', 'weeks'] },
  days: { fr: ['jour', 'jours'], en: ['day', 'days'] },
  hours: { fr: ['heure', 'heures'], en: ['hour', 'hours'] },
  minutes: { fr: ['minute', 'minutes'], en: ['minute', 'minutes'] },
};

/** Which step, and where it stands: `Rappel, 2 jours avant : parti.` */
export function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = language === 'fr' ? ' : ' : ': ';
  return `${stepName(step, language)}${colon}${STATES[state][language]}.`;
}

/** What a step is called: how long before its event, or what it sets right. */
function stepName(step: string, language: Language): string {
  const known = NAMED[step]?.[language];
  if (known !== undefined) return known;
  const lead = leadIn(step, language);
  const reminder = language === 'fr' ? 'Rappel' : 'Reminder';
  if (lead === '') return `${reminder} ${step}`;
  return language === 'fr' ? `${reminder}, ${lead} avant` : `${reminder}, ${lead} before`;
}

function leadIn(step: string, language: Language): string {
  const lead = Duration.fromISO(/P\w{1,19}$/.exec(step)?.[0] ?? '');
  if (!lead.isValid) return '';
  return Object.entries(lead.toObject())
    .flatMap(([unit, value]) => {
      const words = BEFORE[unit]?.[language];
      return words === undefined || value === 0 ? [] : [`${value} ${words[value > 1 ? 1 : 0]}`];
    })
    .join(' ');
}
