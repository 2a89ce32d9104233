import { DateTime } from 'luxon';
import type { Language } from '../law/rule.ts';
import { showMoment, type View } from '../sms/french-date.ts';
import type { HaltInForce } from './halt-state.repository.ts';

/** A halt in one sentence: what, since when, by whom and why. */
export function haltSentence(
  halt: Pick<HaltInForce, 'gateway' | 'forAll' | 'reason' | 'since' | 'byName'>,
  view: View,
): string {
  const { byName, reason, since } = halt;
  const french = view.language === 'fr';
  const parts = [
    whatOf(halt, view.language),
    ...(since === null ? [] : [` ${french ? 'depuis' : 'since'} ${momentOf(since, view)}`]),
    ...(byName === null ? [] : [`, ${french ? 'par' : 'by'} ${byName}`]),
    ...(reason === '' ? [] : [french ? ` : « ${reason} »` : `: “${reason}”`]),
  ];
  return `${parts.join('')}.`;
}

function whatOf({ gateway, forAll }: Pick<HaltInForce, 'gateway' | 'forAll'>, language: Language): string {
  if (gateway === null) return language === 'fr' ? 'Tout est arrêté' : 'Everything is halted';
  if (language === 'en')
    return `The account ${gateway} is halted${forAll ? ' for all tenants of this instance' : ''}`;
  return `Le compte ${gateway} est arrêté${forAll ? ' pour toutes les sociétés de cette instance' : ''}`;
}

function momentOf(since: string, view: View): string {
  const { weekday, date, time } = showMoment(DateTime.fromISO(since), view);
  return `${weekday} ${date} ${time}`;
}
