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
export { profileNamed, profiles, defaultProfile, isAnswer, isReminder } from './profile.ts';
export { functionalOpen } from './profile/reminder-hours.ts';
export type { Profile } from './profile/hours.ts';
export { howLong } from './span.ts';
export {
  type Basis,
  BASES,
  basisAllowed,
  basesToOpen,
  basesOpen,
  ATTESTED_FOR,
  MIN_AGE_MARKETING,
  isMinorOn,
  neededGuardianOn,
  ofAgeFrom,
} from './chapters/consent.ts';
export {
  USUAL_GOOD_FRIDAY,
  PLACE_ORDER,
  wallTime,
  NUMBERING_REGIONS,
  LIVES_MONTHS,
} from './chapters/recipient.ts';
export {
  CONTACT_KEPT,
  SUPPRESSION_KEPT,
  PROOF_KEPT,
  TEXT_KEPT,
  LOG_KEPT,
  REPLY_KEPT,
  ANSWER_WITHIN,
  retentionRules,
} from './chapters/retention.ts';
export { type CalendarDay, type CalendarQuestion, calendarDays, editions } from './calendar/calendar-days.ts';
