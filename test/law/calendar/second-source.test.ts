import Holidays from 'date-holidays';
import { describe, expect, test } from 'vitest';
import { holidaysOf } from '../../../src/law/calendar/holiday.ts';
import { isKnownElsewhere, publicDaysElsewhere } from '../../../src/law/calendar/second-source.ts';
import { TERRITORIES } from '../../../src/rule/territory.ts';

const YEARS = Array.from({ length: 35 }, (_, count) => 2006 + count);

/** Days of ours that date-holidays does not call public, and why we keep them. */
const onlyOurs: Readonly<Record<string, string>> = {
  'GP Mi-Carême': 'vacanza counts it',
  'GP fête Victor Schœlcher': 'etalab and vacanza count it; optional there',
  'MQ fête Victor Schœlcher': 'etalab and vacanza count it; optional there',
  'BL Vendredi saint': 'bank holiday there',
  'MF abolition de l’esclavage': 'the prefecture applies 28 May, the code says 27 May',
  'YT Id-el-Fitr': 'custom of Mayotte',
  'YT Id-el-Fitr (selon la lune)': 'custom of Mayotte',
  'YT Id-el-Kabir': 'custom of Mayotte',
  'YT Id-el-Kabir (selon la lune)': 'custom of Mayotte',
  'YT Maoulid': 'custom of Mayotte',
  'YT Maoulid (selon la lune)': 'custom of Mayotte',
  'YT Miradji': 'custom of Mayotte',
  'YT Miradji (selon la lune)': 'custom of Mayotte',
};

describe('the second source', () => {
  test('knows every territory under its own name', () => {
    expect(TERRITORIES.filter((territory) => !isKnownElsewhere(territory))).toEqual([]);
  });

  test('is not asked about an unknown state', () => {
    expect(new Holidays('FR', 'NC').getHolidays(2027).some((day) => day.date.startsWith('2027-09-24'))).toBe(
      false,
    );
    expect(publicDaysElsewhere('NC', 2027).map((day) => day.on)).toContain('2027-09-24');
  });

  test('has no public day that ours lacks', () => {
    const softened = TERRITORIES.flatMap((territory) =>
      YEARS.flatMap((year) =>
        holidaysOf(territory, year)
          .filter((day) => day.source.startsWith('date-holidays-'))
          .map((day) => `${territory} ${day.on}`),
      ),
    );
    expect(softened).toEqual([]);
  });

  test('differs from our table by these days', () => {
    const missing = TERRITORIES.flatMap((territory) =>
      YEARS.flatMap((year) => {
        const theirs = new Set(publicDaysElsewhere(territory, year).map((day) => day.on));
        return holidaysOf(territory, year)
          .filter((day) => !theirs.has(day.on))
          .map((day) => `${territory} ${day.name}`);
      }),
    );
    expect([...new Set(missing)].toSorted()).toEqual(Object.keys(onlyOurs).toSorted());
  });

  test('leaves out what is not public', () => {
    expect(publicDaysElsewhere('FR', 2027).map((day) => day.name)).not.toContain('Fête des Mères');
    expect(publicDaysElsewhere('FR', 2027)).toHaveLength(11);
  });
});
