import type { DateTime } from 'luxon';
import { type Decision, wallTime } from '../../law/index.ts';
import type { ReasonInWords } from '../../platform/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** The decision on when somebody may be written to, by the law and by the author. */
export type Leave = Omit<Decision, 'because'> & { readonly because?: ReasonInWords | undefined };

/** An author's limits within the lawful hours. */
export interface Pace {
  /** `HH:MM` in the recipient's zone, before which nobody is written to on any day. */
  readonly localTime: string | null;
  /**
   * `start`: the first departure is the first such hour from `at` on. `begun`: somebody of the same spread was
   * written to at `at` already.
   */
  readonly from: { readonly kind: 'start' | 'begun'; readonly at: DateTime };
  /** Days with an open window before these people. */
  readonly daysLater: number;
}

/** Judges a moment by the law alone. */
type Judge = (at: DateTime) => Leave;

/** More days in a row without an open hour than there are. */
const MOST_TURNS = 30;

/** Judges a moment by the law and by the author's pace: never sooner than the law, never on an earlier day than asked. */
export function paced(
  judge: Judge,
  pace: Pace,
  { at, language }: { at: DateTime; language: Language },
): Leave {
  const byLaw = judge(at);
  if (byLaw.verdict === 'refuse' || byLaw.verdict === 'expire') return byLaw;
  const start = startOf(judge, pace, at.setZone(byLaw.timeZone));
  const first = settled(judge, pace, { at: start > at ? start : at, timeZone: byLaw.timeZone });
  if (first.leave.verdict !== 'allow') return first.leave;
  if (first.at <= at) return untilMidnight(first.leave, pace);
  if (byLaw.verdict === 'hold' && byLaw.at.toMillis() === first.at.toMillis()) return byLaw;
  return {
    ...first.leave,
    verdict: 'hold',
    at: first.at,
    until: first.at,
    because: because(pace, first.at, language),
  };
}

/** Returns the moment from which the pace allows these people, in the zone of `now`. */
function startOf(judge: Judge, pace: Pace, now: DateTime): DateTime {
  const timeZone = now.zoneName ?? 'UTC';
  const { kind, at: from } = pace.from;
  const begun = from.setZone(timeZone);
  // Days that a pause or an outage left out are never made up for at once: the first of them is today.
  const isNextDay = kind === 'begun' && pace.daysLater > 0 && now.startOf('day') > begun.startOf('day');
  let at: DateTime = isNextDay ? now : begun;
  if (kind === 'start') at = firstHour(at, pace);
  for (let day = isNextDay ? 1 : 0; day < pace.daysLater; day += 1)
    at = settled(judge, pace, { at, timeZone }).at.plus({ days: 1 }).startOf('day');
  return at;
}

/** Returns the first moment from `at` on that law and hour allow; its verdict is not `allow` where there is none. */
function settled(
  judge: Judge,
  pace: Pace,
  { at: wanted, timeZone }: { readonly at: DateTime; readonly timeZone: string },
): { readonly at: DateTime; readonly leave: Leave } {
  let at: DateTime = notBeforeHour(wanted.setZone(timeZone), pace);
  let leave = judge(at);
  for (let turn = 0; turn < MOST_TURNS && leave.verdict === 'hold'; turn += 1) {
    at = notBeforeHour(leave.at.setZone(timeZone), pace);
    leave = judge(at);
  }
  return { at, leave };
}

const notBeforeHour = (at: DateTime, { localTime }: Pace): DateTime => {
  const opens = localTime === null ? at : wallTime(at, localTime);
  return at < opens ? opens : at;
};

/** An hour that has passed on that day comes again on the next. */
function firstHour(at: DateTime, { localTime }: Pace): DateTime {
  if (localTime === null) return at;
  const opens = wallTime(at, localTime);
  return at <= opens ? opens : wallTime(at.plus({ days: 1 }), localTime);
}

/** After midnight the hour is checked again. */
function untilMidnight(leave: Leave, { localTime }: Pace): Leave {
  if (localTime === null) return leave;
  const midnight = leave.at.setZone(leave.timeZone).plus({ days: 1 }).startOf('day');
  const until = leave.until === undefined || midnight < leave.until ? midnight : leave.until;
  return { ...leave, until };
}

const WORDS = bilingual.message.pace;

function because({ daysLater }: Pace, at: DateTime, language: Language): ReasonInWords {
  const code = daysLater > 0 ? 'SPREAD' : 'LOCAL_TIME';
  const iso = at.toISO();
  return {
    code,
    ...(iso === null ? {} : { at: iso }),
    text: `${WORDS[code][language]}${wordsIn(language).punctuation.beforeColon}: ${at.toFormat('dd/MM HH:mm')}.`,
  };
}
