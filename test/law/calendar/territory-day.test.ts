import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { easterOf, nationalDays } from '../../../src/law/calendar/territory-day.ts';

describe('Easter Sunday', () => {
  test.each([
    '1818-03-22',
    '1943-04-25',
    '2000-04-23',
    '2008-03-23',
    '2019-04-21',
    '2024-03-31',
    '2025-04-20',
    '2026-04-05',
    '2027-03-28',
    '2028-04-16',
    '2032-03-28',
    '2035-03-25',
    '2038-04-25',
    '2049-04-18',
  ])('is %s', (on) => {
    expect(easterOf(Number(on.slice(0, 4))).toISODate()).toBe(on);
  });

  test('falls on Sunday, 22 March to 25 April', () => {
    for (let year = 1600; year < 2400; year += 1) {
      const easter = easterOf(year);
      expect(easter.weekday).toBe(7);
      expect(easter >= DateTime.utc(year, 3, 22) && easter <= DateTime.utc(year, 4, 25)).toBe(true);
    }
  });
});

const datesOf = (year: number): string[] =>
  nationalDays(year)
    .map((day) => day.on.slice(5))
    .toSorted();

describe('the national list', () => {
  test.each([
    [2025, '01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25'],
    [2026, '01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25'],
    [2027, '01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25'],
    [2028, '01-01 04-17 05-01 05-08 05-25 06-05 07-14 08-15 11-01 11-11 12-25'],
  ])('of %i has eleven days', (year, dates) => {
    expect(datesOf(year).join(' ')).toBe(dates);
  });

  test('has 8 May and Ascension together in 2059', () => {
    expect(
      nationalDays(2059)
        .filter((day) => day.on === '2059-05-08')
        .map((day) => day.name),
    ).toEqual(['8 mai', 'Ascension']);
  });

  test('adds no day when 1 November is Sunday', () => {
    expect(datesOf(2026)).not.toContain('11-02');
  });
});
