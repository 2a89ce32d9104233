import type { DateTime } from 'luxon';
import { wordsIn, type Language, type Words } from '../../words/index.ts';
import type { Closure, ClosureCode } from './timing-rule.ts';

/** The codes of a wait, a move, a refusal or an end. */
type BecauseCode =
  | ClosureCode
  | 'PLANNED'
  | 'LATE_BOOKING'
  | 'PAST'
  | 'EVENT_PAST'
  | 'EXPIRE_AT'
  | 'PLACE_UNKNOWN'
  | 'LAW_UNKNOWN';

/** A readable reason, with its rule. */
export interface Because {
  readonly code: BecauseCode;
  readonly ruleId?: string;
  /** The moment to which the message moved, ISO 8601 with offset. */
  readonly at?: string;
  readonly text: string;
}

/** The same in both languages, for storage. */
export interface BilingualBecause extends Omit<Because, 'text'> {
  readonly text: Words;
}

/** A message that is sent at another moment than wished. */
export interface Shift {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly movedBy: readonly Closure[];
}

/** The precedence of reasons when several rules close the wished moment: the day before the hour. */
const precedence: readonly ClosureCode[] = ['SUNDAY', 'HOLIDAY', 'OUT_OF_HOURS'];

/** Words a local moment: `dimanche 11/04 à 10h00`, `Sunday 11/04 at 10:00`. */
export function momentInWords(at: DateTime, language: Language): string {
  const { days, hour, moment } = wordsIn(language).dates;
  return moment({
    day: `${days[at.weekday - 1] ?? ''} ${at.toFormat('dd/MM')}`,
    hour: at.toFormat(hour),
  });
}

/** Returns the main reason of a closed moment. */
function mainClosure(moment: DateTime, closures: readonly Closure[]): Closure | undefined {
  const closing = closures.filter((closure) => closure.from <= moment && moment < closure.until);
  return precedence.flatMap((code) => closing.find((closure) => closure.code === code) ?? [])[0];
}

/** Words a message's move in one sentence that names each closed day it passed; undefined when it did not move. */
export function becauseOfShift(shift: Shift, language: Language = 'fr'): Because | undefined {
  const closure = mainClosure(shift.wanted, shift.movedBy);
  if (!closure) return undefined;
  const earlier = shift.at < shift.wanted;
  const words = wordsIn(language).because;
  const wanted = momentInWords(shift.wanted.setZone(shift.at.zone), language);
  const because = [closure, ...shift.movedBy.filter(({ code }) => code !== 'OUT_OF_HOURS')];
  const reasons = new Set(because.map(({ about, rule }) => `${about[language]} (${rule.id})`));
  return {
    code: closure.code,
    ruleId: closure.rule.id,
    at: shift.at.toString(),
    text: (earlier ? words.broughtForward : words.putOff)({
      wanted,
      at: momentInWords(shift.at, language),
      because: [...reasons].join(wordsIn(language).punctuation.semicolon),
    }),
  };
}

type End = 'EVENT_PAST' | 'EXPIRE_AT';

/** Words why a message will not be sent any more. */
export function becauseOfEnd(code: End, ruleId: string, language: Language = 'fr'): Because {
  return { code, ruleId, text: wordsIn(language).because.never[code]({ ruleId }) };
}

/** Words a local moment in full, with its zone: `mardi 30 mars 2027 à 09h30, heure de Paris`. */
export function instantInWords(at: DateTime, language: Language): string {
  const { clocks, inFull, onTheClocks, elsewhere, locale } = wordsIn(language).dates;
  const zone = at.zoneName ?? 'UTC';
  const known: Readonly<Record<string, string>> = clocks;
  const local = at.setLocale(locale);
  const moment = inFull({
    weekday: local.toFormat('cccc'),
    day: local.day,
    month: local.toFormat('LLLL yyyy'),
    hour: local.toFormat(wordsIn(language).dates.hour),
  });
  return onTheClocks({ moment, whose: known[zone] ?? elsewhere({ zone }) });
}
