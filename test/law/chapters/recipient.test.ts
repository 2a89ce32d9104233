import { describe, expect, test } from 'vitest';
import { wallTime } from '../../../src/law/chapters/recipient.ts';
import { at } from '../conditions.ts';

describe('a wall time', () => {
  test.each([
    ['is summer time once clocks went forward', '2027-03-28', '20:00', '2027-03-28T20:00:00.000+02:00'],
    ['is on winter time the evening before', '2027-03-27', '20:00', '2027-03-27T20:00:00.000+01:00'],
    ['that is skipped moves forward', '2027-03-28', '02:30', '2027-03-28T03:30:00.000+02:00'],
    ['that comes twice counts at its first time', '2026-10-25', '02:30', '2026-10-25T02:30:00.000+02:00'],
    ['of 24:00 follows a day of 25 hours', '2026-10-25', '24:00', '2026-10-26T00:00:00.000+01:00'],
    ['exists on a leap day', '2028-02-29', '08:00', '2028-02-29T08:00:00.000+01:00'],
  ])('%s', (...row) => {
    const [, on, time, instant] = row;
    expect(wallTime(at('FR', `${on}T12:00`), time).toISO()).toBe(instant);
  });

  test('comes twice in Saint-Pierre, after Paris', () => {
    expect(wallTime(at('PM', '2026-11-01T12:00'), '01:30').toISO()).toBe('2026-11-01T01:30:00.000-02:00');
  });
});
