export { type PrintedRule, ruleNamed, rulesInForce, rulesVersion } from './book.ts';
export { easterPlus } from './calendar/territory-day.ts';
export {
  calendarAlarm,
  calendarDaysLeft,
  CALENDAR_YEARS,
  calendarVersion,
  hasCalendar,
  holidaysOf,
  lawReadyFor,
  nextWorkingDay,
} from './calendar/holiday.ts';
export {
  ATTESTED_FOR,
  BASES,
  basesOpen,
  basesToOpen,
  type Basis,
  isMinorOn,
  MIN_AGE_MARKETING,
  GOOD_FRIDAY_CHOICES,
  type GoodFridayChoice,
  LIVES_MONTHS,
  USUAL_GOOD_FRIDAY,
  wallTime,
  ANSWER_WITHIN,
  CONTACT_KEPT,
  LOG_KEPT,
  PROOF_KEPT,
  retentionRules,
  SUPPRESSION_KEPT,
  TEXT_KEPT,
} from './chapters/index.ts';
export { ALARM_SECONDS, CEILING_HOURS, isListDue } from './chapters/opt-out.ts';
export { insuranceNoticeLastOn, noticeDates } from './chapters/renewal.ts';
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
export {
  isoText,
  localDate,
  dayIn,
  FRENCH_ZONE,
  frenchDay,
  type Dated,
  type Day,
  CONFIDENCES,
  LEVELS,
  MESSAGE_PURPOSES,
  REMINDERS,
  type Purpose,
  standsOn,
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
  isTimeZone,
} from './base/index.ts';
export {
  decideByClock,
  decide,
  refused,
  strictestClose,
  TERRITORIES_OF_SEVERAL_ZONES,
} from './decide/decide.ts';
export {
  afterEvent,
  noneLeft,
  bilingualBecauseOfShift,
  tooNear,
  latestDeparture,
  movedWish,
  planReminder,
  tooLateFrom,
} from './decide/plan-reminder.ts';
export { momentInWords, instantInWords, type Because, type Decision } from './decide/decision.ts';
export { localMoment, type Doubt } from './decide/decision-inputs.ts';
export { closuresAt, lastLawfulBefore, nextLawful, type ExplainedDay } from './decide/lawful-moment.ts';
export { openedDays, windows, type OpenWindow } from './decide/list-windows.ts';
export { profileNamed, profiles, defaultProfile, isReminder } from './profile.ts';
export { functionalOpen } from './profile/reminder-hours.ts';
export type { Profile } from './profile/hours.ts';
export { howLong } from './span.ts';
