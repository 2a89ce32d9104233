import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { calendarAlarm, calendarDaysLeft, lawReadyFor } from '../../../src/law/calendar/holiday.ts';

const on = (date: string): DateTime => DateTime.fromISO(date, { zone: 'utc' });

describe('the end of the calendar', () => {
  test.each([
    ['2026-11-25', 12_456],
    ['2060-12-31', 1],
    ['2061-01-01', 0],
  ])('is from %s %i days away', (date, days) => {
    expect(calendarDaysLeft(on(date))).toBe(days);
  });

  test('is announced a year before readiness ends', () => {
    const silent = [on('2026-11-25'), on('2058-10-01')].map(calendarAlarm);
    expect(silent).toEqual([undefined, undefined]);
    expect(calendarAlarm(on('2058-12-01'))).toMatch(/until the end of 2060, for 762 more days/);
    expect([lawReadyFor(2058), lawReadyFor(2059), lawReadyFor(2060)]).toEqual([true, true, false]);
  });
});
