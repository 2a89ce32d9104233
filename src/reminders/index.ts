export {
  cancelBooking,
  confirmBooking,
  findBooking,
  missBooking,
  type NamedBooking,
  noteNoShow,
} from './booking/appointment-order.ts';
export { bookAppointment } from './booking/appointment.ts';
export { refuseUnknownPractice } from './booking/booked-practice.ts';
export type { BookingTerms } from './booking/booked-sender.ts';
export type { BookingGiven } from './booking/booking-given.ts';
export { closePractice, type BookingClosure, closureForeseen } from './booking/closure.ts';
export { eventTime } from './booking/event-time.ts';
export type { Filed } from './booking/filing.ts';
export { payInstalment } from './booking/payment-order.ts';
export { filePaymentPlan } from './booking/payment-plan.ts';
export type { BookingDeps } from './booking/prepared-booking.ts';
export { fileSubscription } from './booking/subscription.ts';
export type { RowTaker } from './import/file-row.ts';
export {
  BOOKING_IMPORTS,
  type BookingReadingDeps,
  holdsBookings,
  readBookings,
} from './import/import-bookings.ts';
export { bookingColumns, bookingColumnsRead, isBookingField } from './import/import-columns.ts';
export { bookingSentence, namesIn } from './import/import-sentence.ts';
export { rehearseBookings } from './import/rehearse-bookings.ts';
export { answerReminder } from './series/answer-reminder.ts';
export { type ChoiceChange, plannedUnder } from './series/choice-change.repository.ts';
export {
  remindersForeseen,
  type RemindersForeseen,
  textsForeseen,
  wakeConcerned,
} from './series/choice-change.ts';
export { parkLostSteps } from './series/lost-time.repository.ts';
export type { ReminderMoved } from './series/moved-reminder.ts';
export { hasBooked } from './series/own-series.repository.ts';
export { replanSeriesOf } from './series/replan-series-of.ts';
export { scheduleAddress, ScheduleTokens } from './series/schedule-link.ts';
export { composerOfSeries } from './series/series-composer.ts';
export { seriesDetailsOf } from './series/series-details.ts';
export { orderSeries, type SeriesOrder } from './series/series-order.ts';
export { endSeries, planSeries, sendStep } from './series/series-plan.ts';
export { inForceOnly, seriesView, type SeriesView, viewSeries } from './series/series-view.ts';
export { readSeries, readSeriesPage, type SeriesFilter } from './series/series.repository.ts';
export {
  seqOf,
  type Series,
  SERIES_KINDS,
  SERIES_STATES,
  type SeriesDetails,
  type SeriesKind,
  type SeriesState,
  seriesWorkflowId,
} from './series/series.ts';
export {
  findSchedule,
  type ScheduleDeps,
  type ShownInstalment,
  type ShownSchedule,
} from './series/shown-schedule.ts';
export { readEligibility } from './series/standing.repository.ts';
export { wakeSeries } from './series/telling.repository.ts';
export { REGIMES } from './series/terms.ts';
export { noteUndelivered } from './series/undelivered.ts';
export { type EventPeriod, whyUnreached } from './series/unreached.ts';
export { waitingFor } from './series/waiting-for.ts';
export { leadInWords, leadsFromWords, STEP_STATES, stepName } from './steps/step-name.ts';
export { isDateWish, isPaymentWish, isStepWish, wantedAt } from './steps/step-offset.ts';
export { readSteps } from './steps/step.repository.ts';
export type { Step } from './steps/step.ts';
