import { DateTime } from 'luxon';
import { showMoment, type MomentView } from '../../sms/index.ts';
import type { HaltInForce } from './halt-state.repository.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Words a halt: what, since when, by whom and why. */
export function haltSentence(
  halt: Pick<HaltInForce, 'gateway' | 'forAll' | 'reason' | 'since' | 'byName'>,
  view: MomentView,
): string {
  const { byName, reason, since } = halt;
  const words = wordsIn(view.language).tenant.halt;
  const parts = [
    whatOf(halt, view.language),
    ...(since === null ? [] : [words.since({ moment: momentOf(since, view) })]),
    ...(byName === null ? [] : [words.by({ name: byName })]),
    ...(reason === '' ? [] : [words.because({ reason })]),
  ];
  return `${parts.join('')}.`;
}

function whatOf({ gateway, forAll }: Pick<HaltInForce, 'gateway' | 'forAll'>, language: Language): string {
  const words = wordsIn(language).tenant.halt;
  if (gateway === null) return words.all;
  return forAll ? words.accountForAll({ gateway }) : words.account({ gateway });
}

function momentOf(since: string, view: MomentView): string {
  const { weekday, date, time } = showMoment(DateTime.fromISO(since), view);
  return `${weekday} ${date} ${time}`;
}
