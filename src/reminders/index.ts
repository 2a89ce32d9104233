export {
  cancelBooking,
  confirmBooking,
  findBooking,
  missBooking,
  noteNoShow,
  payInstalment,
  type NamedBooking,
} from './booking/appointment-order.ts';
export { bookAppointment, filePaymentPlan, fileSubscription } from './booking/bookings.ts';
export { refuseUnknownPractice, type BookingTerms } from './booking/booked-terms.ts';
export { type BookingGiven, type BookingDeps, eventTime } from './booking/prepared-booking.ts';
export { closePractice, type BookingClosure, closureForeseen } from './booking/appointment-order.ts';
export type { Filed } from './booking/filing.ts';
export { bookingSentence, namesIn, type RowTaker } from './import/file-row.ts';
export {
  BOOKING_IMPORTS,
  holdsBookings,
  readBookings,
  rehearseBookings,
  type BookingReadingDeps,
} from './import/import-bookings.ts';
export { bookingColumns, bookingColumnsRead, isBookingField } from './import/import-columns.ts';
export { answerReminder, orderSeries, noteUndelivered, type SeriesOrder } from './series/series-order.ts';
export {
  type ChoiceChange,
  plannedUnder,
  remindersForeseen,
  textsForeseen,
  wakeConcerned,
  type RemindersForeseen,
  type ReminderMoved,
} from './series/choice-change.repository.ts';
export { parkLostSteps, readSteps, readStepsOf } from './steps/step.repository.ts';
export { hasBooked } from './series/reminder-eligibility.repository.ts';
export { replanSeriesOf, situationsOf } from './series/outlook.ts';
export {
  scheduleAddress,
  ScheduleTokens,
  findSchedule,
  type ScheduleDeps,
  type ShownInstalment,
  type ShownSchedule,
} from './series/shown-schedule.ts';
export { composerOfSeries } from './series/series-composer.ts';
export {
  seriesDetailsOf,
  seqOf,
  SERIES_KINDS,
  SERIES_STATES,
  seriesWorkflowId,
  REGIMES,
  type Series,
  type SeriesDetails,
  type SeriesKind,
  type SeriesState,
} from './series/series.ts';
export { endSeries, planSeries, sendStep } from './series/series-plan.ts';
export {
  eventShown,
  inForceOnly,
  holdersOf,
  seriesView,
  seriesViews,
  shownSeries,
  viewSeries,
  viewSeriesPage,
  waitingFor,
  whyUnreached,
  type SeriesView,
  type EventPeriod,
} from './series/series-view.ts';
export { readSeries, readSeriesOf, readSeriesPage, type SeriesFilter } from './series/series.repository.ts';
export { wakeSeries } from './series/notify.repository.ts';
export { leadInWords, leadsFromWords, STEP_STATES, stepName, type Step } from './steps/step.ts';
export { isDateWish, isPaymentWish, isStepWish, wantedAt } from './steps/planned-step.ts';
