export { type PrintedRule, ruleNamed, rulesInForce, rulesVersion } from './book.ts';
export { easterPlus } from './calendar/easter.ts';
export { calendarAlarm, calendarDaysLeft } from './calendar/foresight.ts';
export { CALENDAR_YEARS, calendarVersion, hasCalendar, holidaysOf, lawReadyFor } from './calendar/holiday.ts';
export { nextWorkingDay } from './calendar/working-day.ts';
export {
  ATTESTED_FOR,
  BASES,
  basesOpen,
  basesToOpen,
  type Basis,
  isMinorOn,
  MIN_AGE_MARKETING,
} from './chapters/consent.ts';
export { ALARM_SECONDS, CEILING_HOURS, isListDue } from './chapters/opt-out.ts';
export {
  GOOD_FRIDAY_CHOICES,
  type GoodFridayChoice,
  LIVES_MONTHS,
  USUAL_GOOD_FRIDAY,
  wallTime,
} from './chapters/recipient.ts';
export { insuranceNoticeLastOn, noticeDates } from './chapters/renewal.ts';
export {
  ANSWER_WITHIN,
  CONTACT_KEPT,
  LOG_KEPT,
  PROOF_KEPT,
  retentionRules,
  SUPPRESSION_KEPT,
  TEXT_KEPT,
} from './chapters/retention.ts';
export { MAX_PARTS } from './chapters/text.ts';
export {
  CORRECTION_LEAD_MINUTES,
  DECISION_LIVES_MS,
  IF_LATE,
  type IfLate,
  LAST_SECOND_MS,
  PLAN_FLOOR_MINUTES,
  USUAL_IF_LATE,
  usualMargin,
} from './chapters/windows.ts';
export { isoText, localDate } from './calendar/local-date.ts';
export { type Dated, type Day, dayIn, FRENCH_ZONE, frenchDay } from './dated.ts';
export { answer } from './decide/answer.ts';
export { afterEvent, noneLeft, bilingualBecauseOfShift, tooNear } from './decide/because-of-plan.ts';
export { type Because, momentInWords } from './decide/because.ts';
export { decide } from './decide/decide.ts';
export type { Decision } from './decide/decision.ts';
export type { Doubt } from './decide/doubt.ts';
export { closuresAt, lastLawfulBefore, nextLawful } from './decide/lawful-moment.ts';
export { localMoment } from './decide/local-moment.ts';
export { refused } from './decide/made-decision.ts';
export { openedDays } from './decide/opened-days.ts';
export { latestDeparture, movedWish, planReminder, tooLateFrom } from './decide/plan-reminder.ts';
export { instantInWords } from './decide/spoken-instant.ts';
export { strictestClose, TERRITORIES_OF_SEVERAL_ZONES } from './decide/strictest-close.ts';
export type { ExplainedDay } from './decide/told-day.ts';
export { type OpenWindow, windows } from './decide/windows.ts';
export { profileNamed, profiles } from './profile.ts';
export { functionalOpen } from './profile/functional-open.ts';
export { functional } from './profile/functional.ts';
export type { Profile } from './profile/hours.ts';
export { defaultProfile, isReminder } from './purpose.ts';
export { CONFIDENCES, howLong, LEVELS, type Purpose } from './rule.ts';
export {
  AMONG,
  isTerritory,
  type Locality,
  localityAmong,
  localityNamed,
  localityOf,
  TERRITORIES,
  territoriesOf,
  type Territory,
  withGoodFriday,
  zonesAt,
  zonesNamed,
  zonesOf,
} from './territory.ts';
export { isTimeZone } from './time-zone.ts';
