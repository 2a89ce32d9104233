import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/law/decide/decide.ts';
import { localityOf } from '../../../src/rule/territory.ts';

const MAYOTTE = localityOf('YT');

/**
 * The feasts of 2027 to 2030 as the calendar of Umm al-Qura has them.
 *
 * The moon may be seen a day sooner or later than computed.
 */
const FEASTS = [
  ['Miradji', '2027-01-05'],
  ['Id-el-Fitr', '2027-03-09'],
  ['Id-el-Kabir', '2027-05-16'],
  ['Maoulid', '2027-08-14'],
  ['Miradji', '2027-12-25'],
  ['Id-el-Fitr', '2028-02-26'],
  ['Id-el-Kabir', '2028-05-05'],
  ['Maoulid', '2028-08-03'],
  ['Miradji', '2028-12-14'],
  ['Id-el-Fitr', '2029-02-14'],
  ['Id-el-Kabir', '2029-04-24'],
  ['Maoulid', '2029-07-24'],
  ['Miradji', '2029-12-04'],
  ['Id-el-Fitr', '2030-02-04'],
  ['Id-el-Kabir', '2030-04-13'],
  ['Maoulid', '2030-07-13'],
  ['Miradji', '2030-11-23'],
] as const;

const judged = (on: string, days: number): string =>
  decide({
    purpose: 'marketing',
    at: DateTime.fromISO(`${on}T10:00`, { zone: 'Indian/Mayotte' }).plus({ days }),
    locality: MAYOTTE,
  }).verdict;

describe('Mayotte', () => {
  test.each(FEASTS)('rests on %s, computed %s, and both neighbours', (_name, on) => {
    expect([-1, 0, 1].map((days) => judged(on, days))).toEqual(['hold', 'hold', 'hold']);
  });

  test('works two days away from a feast', () => {
    // Sunday 7 March 2027 is closed anyway; Thursday 11 March is not.
    expect(judged('2027-03-09', 2)).toBe('allow');
    expect(judged('2029-02-14', -2)).toBe('allow');
  });

  test('calls such a day a usual one', () => {
    const said = (on: string, language: 'fr' | 'en') =>
      decide({
        purpose: 'marketing',
        at: DateTime.fromISO(`${on}T10:00`, { zone: 'Indian/Mayotte' }),
        locality: MAYOTTE,
        language,
      }).because?.text;
    expect(said('2027-03-10', 'en')).toContain('usual day off, Eid al-Fitr (if the moon says so)');
    expect(said('2027-03-09', 'fr')).toContain('jour chômé par usage, Id-el-Fitr');
  });
});
