import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { localMoment } from '../../../src/law/decide/decision-inputs.ts';

const read = (written: string, zone: string): string | undefined => {
  const at = localMoment(written, zone);
  return DateTime.isDateTime(at) ? at.toUTC().toFormat("yyyy-MM-dd'T'HH:mm") : at.about.en;
};

describe('a time written without its offset', () => {
  test.each([
    ['2027-03-27T19:59', 'Europe/Paris', '2027-03-27T18:59'],
    ['2027-07-14T10:00', 'Indian/Reunion', '2027-07-14T06:00'],
    ['2027-02-31T10:00', 'Europe/Paris', 'that date does not exist'],
    ['2027-02-29T10:00', 'Europe/Paris', 'that date does not exist'],
    ['2027-03-28T02:30', 'Europe/Paris', 'that hour does not exist: clocks skip it'],
    ['2026-10-25T02:30', 'Europe/Paris', 'that hour exists twice: give its offset'],
    ['2026-10-25T03:00', 'Europe/Paris', '2026-10-25T02:00'],
    ['2026-11-01T01:30', 'America/Miquelon', 'that hour exists twice: give its offset'],
  ])('%s in %s is %s', (written, zone, expected) => {
    expect(read(written, zone)).toBe(expected);
  });
});
