import { DateTime } from 'luxon';

/** Holidays that an operator knows, whatever the year. */
const HOLIDAYS = new Set(['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25']);

const OPENS = 8;
const CLOSES = 20;

/** Says when an operator sends advertising; it does not ask for the recipient's territory. */
export function advertisingLeavesAt(at: number): number {
  let moment: DateTime = DateTime.fromMillis(at, { zone: 'Europe/Paris' });
  for (let days = 0; days < 10; days += 1) {
    const isClosed = moment.weekday === 7 || HOLIDAYS.has(moment.toFormat('MM-dd'));
    if (!isClosed && moment.hour < OPENS) return opening(moment).toMillis();
    if (!isClosed && moment.hour < CLOSES) return moment.toMillis();
    moment = opening(moment.plus({ days: 1 }));
  }
  return moment.toMillis();
}

const opening = (moment: DateTime): DateTime => moment.startOf('day').set({ hour: OPENS });
