import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { showDate, showMoment } from '../../../src/sms/text/french-date.ts';

const utc = (iso: string): DateTime => DateTime.fromISO(iso, { zone: 'utc' });
const view = (zone: string, language: 'fr' | 'en' = 'fr', now = '2027-07-01T08:00Z') => ({
  zone,
  now: utc(now),
  language,
});

describe('a moment is shown', () => {
  test.each([
    ['on the wall clock of Paris in summer', '2027-08-12T12:30Z', view('Europe/Paris'), 'jeu. 12/08 14h30'],
    ['on the wall clock of Paris in winter', '2027-12-12T13:05Z', view('Europe/Paris'), 'dim. 12/12 14h05'],
    [
      'in Tahiti, where it is still yesterday',
      '2027-08-12T05:00Z',
      view('Pacific/Tahiti'),
      'mer. 11/08 19h00',
    ],
    ['with no zero before the hour', '2027-08-12T06:05Z', view('Europe/Paris'), 'jeu. 12/08 8h05'],
    ['in English', '2027-08-12T12:30Z', view('Europe/Paris', 'en'), 'Thu 12/08 14:30'],
  ])('%s', (_where, ...[iso, how, shown]) => {
    const { weekday, date, time } = showMoment(utc(iso), how);
    expect(`${weekday} ${date} ${time}`).toBe(shown);
  });

  it('in GSM-7 on every day of the year', () => {
    for (let day = 0; day < 366; day += 1) {
      const shown = showMoment(utc('2028-01-01T09:00Z').plus({ days: day }), view('Europe/Paris'));
      expect(measure(Object.values(shown).join(' ')).encoding).toBe('GSM-7');
    }
  });
});

describe('a date has its year', () => {
  test.each([
    ['not today', '2027-07-01', '01/07'],
    ['not eleven months away', '2028-06-01', '01/06'],
    ['a day later', '2028-06-02', '02/06/2028'],
    ['not eleven months ago', '2026-08-01', '01/08'],
    ['a day earlier', '2026-07-31', '31/07/2026'],
  ])('%s', (_when, on, shown) => {
    expect(showDate(on, view('Europe/Paris'))).toBe(shown);
  });
});
