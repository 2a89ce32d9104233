import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/platform/errors.ts';
import { eventTime } from '../../../../src/reminders/booking/prepared-booking.ts';

const read = (text: string, timeZone?: string, home = 'Europe/Paris'): string => {
  try {
    return (
      eventTime({ text, timeZone, home, pointer: '/startsAt' }).toISO({ suppressMilliseconds: true }) ?? ''
    );
  } catch (cause) {
    return cause instanceof Refusal ? cause.code : 'other';
  }
};

describe('a moment as a back office writes it', () => {
  it.each([
    ['2027-03-29T10:00', undefined, '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T10:00', 'Indian/Reunion', '2027-03-29T10:00:00+04:00'],
    ['2027-03-29T10:00:30', undefined, '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T10:00+02:00', 'Europe/Paris', '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T10:00+02:00', undefined, '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T10:00+0200', undefined, '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T08:00Z', undefined, '2027-03-29T10:00:00+02:00'],
    ['2027-03-29T08:00Z', 'Europe/Paris', 'TIME_ZONE_CONTRADICTS'],
    ['2027-03-29T10:00+04:00', 'Europe/Paris', 'TIME_ZONE_CONTRADICTS'],
    ['2027-03-29T10:00+04:00', undefined, 'TIME_ZONE_CONTRADICTS'],
    ['2027-03-28T02:30', undefined, '2027-03-28T03:30:00+02:00'],
    ['2026-10-25T02:30', undefined, '2026-10-25T02:30:00+02:00'],
    ['2026-10-25T02:30+01:00', undefined, '2026-10-25T02:30:00+01:00'],
    ['2028-02-29T10:00', undefined, '2028-02-29T10:00:00+01:00'],
    ['2027-02-29T10:00', undefined, 'DATE_INVALID'],
    ['2027-03-29T24:00', undefined, 'DATE_INVALID'],
    ['2027-03-29', undefined, 'DATE_INVALID'],
    ['29/03/2027 10:00', undefined, 'DATE_INVALID'],
    ['2099-03-29T10:00', undefined, 'DATE_INVALID'],
  ])('%s in %s is %s', (text, zone, outcome) => {
    expect(read(text, zone)).toBe(outcome);
  });
});
