import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import {
  CALENDAR_YEARS,
  calendarVersion,
  hasCalendar,
  holidaysOf,
  holidaysOn,
  lawReadyFor,
} from '../../../src/law/calendar/holiday.ts';
import { TERRITORIES, type Territory } from '../../../src/rule/territory.ts';

/** What a territory keeps besides the national days, as `MM-DD class`. */
const besides = (territory: Territory, year: number): string[] =>
  holidaysOf(territory, year)
    .filter((day) => day.class !== 'national')
    .map((day) => `${day.on.slice(5)} ${day.class}`);

describe('besides the national days', () => {
  test.each<[Territory, number, string[]]>([
    ['FR', 2027, []],
    ['PM', 2027, []],
    ['FR-57', 2026, ['04-03 local', '12-26 local']],
    ['FR-67', 2027, ['03-26 local', '12-26 local']],
    ['FR-68', 2028, ['04-14 local', '12-26 local']],
    ['GP', 2027, ['03-04 soft', '03-26 soft', '05-27 local', '07-21 soft']],
    ['MQ', 2027, ['03-26 soft', '05-22 local', '07-21 soft']],
    ['MF', 2017, ['05-27 local']],
    ['MF', 2027, ['05-27 local', '05-28 soft']],
    ['BL', 2027, ['03-26 soft', '10-09 local']],
    ['GF', 2027, ['06-10 local']],
    ['RE', 2027, ['12-20 local']],
    ['NC', 2027, ['09-24 local']],
    ['PF', 2025, ['03-05 local', '04-18 local', '06-29 local']],
    ['PF', 2026, ['03-05 local', '04-03 local', '11-20 local']],
    ['WF', 2027, ['04-28 local', '06-29 soft', '07-29 local']],
    // Eid al-Fitr 9 March, Eid al-Adha 16 May, Mawlid 14 August 2027 by the Umm al-Qura calendar.
    [
      'YT',
      2027,
      ['01-04', '01-05', '01-06', '03-08', '03-09', '03-10']
        .map((on) => `${on} soft`)
        .concat('04-27 local')
        .concat(
          ['05-15', '05-16', '05-17', '08-13', '08-14', '08-15', '12-24', '12-25', '12-26'].map(
            (on) => `${on} soft`,
          ),
        ),
    ],
  ])('%s keeps, in %i: %j', (territory, year, days) => {
    expect(besides(territory, year)).toEqual(days);
  });
});

/** The classes of a date to somebody behind +590. */
const named = (on: string): string[] =>
  holidaysOn(on, { territories: ['GP', 'MF', 'BL'], goodFriday: undefined, rulesOn: undefined }).map(
    (day) => day.class,
  );

describe('the holiday table', () => {
  test('gives every territory eleven sorted national days', () => {
    for (const territory of TERRITORIES) {
      const days = holidaysOf(territory, 2026);
      expect(days.filter((day) => day.class === 'national')).toHaveLength(11);
      expect(days.map((day) => day.on)).toEqual(days.map((day) => day.on).toSorted());
      expect(days.filter((day) => !day.name || !day.nameEn || !day.source)).toEqual([]);
    }
  });

  test('unites the days of all possible places', () => {
    expect([named('2027-05-27'), named('2027-05-28'), named('2027-10-09'), named('2027-10-10')]).toEqual([
      ['local'],
      ['soft'],
      ['local'],
      [],
    ]);
  });

  test('is silent outside the years that were read', () => {
    expect(holidaysOf('FR', CALENDAR_YEARS.last + 1)).toEqual([]);
    expect([CALENDAR_YEARS.first - 1, CALENDAR_YEARS.last + 1, Number.NaN].map(hasCalendar)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('is ready when the next year is known', () => {
    expect([2026, CALENDAR_YEARS.last - 1, CALENDAR_YEARS.last].map(lawReadyFor)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('names the installed version of its second source', () => {
    const installed: { version: string } = createRequire(import.meta.url)('date-holidays/package.json');
    expect(calendarVersion).toContain(`date-holidays-${installed.version}`);
  });
});
