export { rowTaker } from './bookings.ts';
