export { type CalendarDay, calendarDays, type CalendarQuestion, editions } from './calendar-page.ts';
