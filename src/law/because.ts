import type { DateTime } from 'luxon';
import type { Language, Words } from './rule.ts';
import type { Bar, BarCode } from './timing-rule.ts';

/** Why the law postponed, moved, refused or ended something. */
type BecauseCode =
  | BarCode
  | 'PLANNED'
  | 'LATE_BOOKING'
  | 'PAST'
  | 'EVENT_PAST'
  | 'EXPIRE_AT'
  | 'PLACE_UNKNOWN'
  | 'LAW_UNKNOWN';

/** A reason that a person can read, with the rule that gives it. */
export interface Because {
  readonly code: BecauseCode;
  readonly ruleId?: string;
  /** Where the message went, ISO 8601 with offset. */
  readonly at?: string;
  readonly text: string;
}

/** The same in each language, for whoever keeps it. */
export interface Told extends Omit<Because, 'text'> {
  readonly text: Words;
}

/** A message that leaves at another moment than wished. */
export interface Shift {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly movedBy: readonly Bar[];
}

const weekdays: Readonly<Record<Language, readonly string[]>> = {
  fr: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
};

/** When several rules close the moment wished, the day is said before the hour. */
const precedence: readonly BarCode[] = ['SUNDAY', 'HOLIDAY', 'OUT_OF_HOURS'];

/** A local moment in words: `dimanche 11/04 à 10h00`, `Sunday 11/04 at 10:00`. */
export function momentInWords(at: DateTime, language: Language): string {
  const day = `${weekdays[language][at.weekday - 1]} ${at.toFormat('dd/MM')}`;
  return language === 'fr' ? `${day} à ${at.toFormat("HH'h'mm")}` : `${day} at ${at.toFormat('HH:mm')}`;
}

/** The bar that answers for a closed moment. */
function mainBar(moment: DateTime, bars: readonly Bar[]): Bar | undefined {
  const closing = bars.filter((bar) => bar.from <= moment && moment < bar.until);
  return precedence.flatMap((code) => closing.find((bar) => bar.code === code) ?? [])[0];
}

/** Why a message was moved, in one sentence that names each closed day it passed; nothing when it was not. */
export function becauseOfShift(shift: Shift, language: Language = 'fr'): Because | undefined {
  const bar = mainBar(shift.wanted, shift.movedBy);
  if (!bar) return undefined;
  const earlier = shift.at < shift.wanted;
  const moved: Words = earlier
    ? { fr: 'avancé à', en: 'brought forward to' }
    : { fr: 'reporté à', en: 'put off to' };
  const planned = language === 'fr' ? 'Prévu' : 'Planned';
  const space = language === 'fr' ? ' ' : '';
  const wanted = momentInWords(shift.wanted.setZone(shift.at.zone), language);
  const because = [bar, ...shift.movedBy.filter(({ code }) => code !== 'OUT_OF_HOURS')];
  const reasons = new Set(because.map(({ about, rule }) => `${about[language]} (${rule.id})`));
  return {
    code: bar.code,
    ruleId: bar.rule.id,
    at: shift.at.toString(),
    text: `${planned} ${wanted}${space}; ${moved[language]} ${momentInWords(shift.at, language)}${space}: ${[...reasons].join(`${space}; `)}.`,
  };
}

const endings = {
  EVENT_PAST: { fr: 'l’événement sera passé', en: 'the event will have passed' },
  EXPIRE_AT: { fr: 'la date limite d’envoi sera passée', en: 'the sending limit will have passed' },
} as const satisfies Partial<Record<BecauseCode, Words>>;

/** Why a message will not leave any more. */
export function becauseOfEnd(code: keyof typeof endings, ruleId: string, language: Language = 'fr'): Because {
  const never: Words = { fr: 'Ne partira pas :', en: 'Will not leave:' };
  return { code, ruleId, text: `${never[language]} ${endings[code][language]} (${ruleId}).` };
}
