import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { answerBy, daysLeft } from '../../../../src/people/rights/rights-request.repository.ts';

describe('the month to answer a request', () => {
  test.each([
    ['2026-03-05T10:00:00Z', 'Europe/Paris', '2026-04-05'],
    ['2027-01-31T12:00:00Z', 'Europe/Paris', '2027-02-28'],
    ['2028-01-31T12:00:00Z', 'Europe/Paris', '2028-02-29'],
    ['2026-08-31T08:00:00Z', 'Europe/Paris', '2026-09-30'],
    ['2027-02-28T08:00:00Z', 'Europe/Paris', '2027-03-28'],
    // The day is counted in the tenant's time zone, on both sides of midnight.
    ['2026-12-31T23:30:00Z', 'Europe/Paris', '2027-02-01'],
    ['2026-12-31T22:30:00Z', 'Europe/Paris', '2027-01-31'],
    ['2026-11-30T21:00:00Z', 'Indian/Reunion', '2027-01-01'],
    ['2026-03-05T03:00:00Z', 'America/Guadeloupe', '2026-04-04'],
    // Summer time begins in between: days are counted, not hours.
    ['2027-03-27T23:30:00Z', 'Europe/Paris', '2027-04-28'],
  ])('of %s in %s ends on %s', (receivedAt, zone, last) => {
    expect(answerBy(receivedAt, zone)).toBe(last);
  });

  it.each([
    ['2026-04-05T21:59:00Z', 0],
    ['2026-04-05T22:01:00Z', -1],
    ['2026-03-05T10:00:00Z', 31],
  ])('has so many days at %s: %i', (now, days) => {
    expect(daysLeft('2026-04-05', DateTime.fromISO(now), 'Europe/Paris')).toBe(days);
  });
});
