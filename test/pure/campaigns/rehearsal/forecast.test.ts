import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../src/campaigns/campaign.repository.ts';
import { departureOf, forecast } from '../../../../src/campaigns/rehearsal/departure.ts';
import { instant } from '../../../../src/platform/clock.ts';

const BEGUN = '2027-03-30T10:00:05+02:00';
const DAYS = 30;
// Only the fields of a campaign that a forecast reads.
const campaign = {
  purpose: 'marketing',
  profile: null,
  marginMs: 0,
  expireAt: null,
  localTime: null,
  spreadDays: DAYS,
  startAt: null,
  launchedAt: '2027-03-30T10:00:00+02:00',
} as unknown as Campaign;
const reader = { now: instant(Date.parse('2027-03-30T10:00:20+02:00')), language: 'fr' } as const;

/** Returns the departure of twenty people on one day of the spread, whose first day has begun. */
const part = (day: number) =>
  departureOf(
    campaign,
    {
      territory: 'FR',
      timeZone: 'Europe/Paris',
      count: 20,
      day,
      begun: day === 0 ? null : { day: 0, at: BEGUN },
    },
    reader,
  );

describe('the last departure of a campaign spread over a month', () => {
  it.each([
    [1, '2027-03-31T08:00:01.000+02:00'],
    [2, '2027-04-01T08:00:01.000+02:00'],
    // Two Sundays, 4 and 11 April 2027, are not counted.
    [11, '2027-04-12T08:00:01.000+02:00'],
  ])('is on its last part’s day, %i', (day, last) => {
    const { lastDepartureAt } = forecast(campaign, [part(day)], { ...reader, ratePerSecond: 20 });
    expect(lastDepartureAt).toBe(last);
  });

  it('is computed for all its days at once', () => {
    const parts = Array.from({ length: DAYS }, (_, day) => part(day));
    const { firstDepartureAt, lastDepartureAt } = forecast(campaign, parts, { ...reader, ratePerSecond: 20 });
    expect(DateTime.fromISO(firstDepartureAt ?? '').toMillis()).toBe(reader.now.toMillis());
    expect(DateTime.fromISO(lastDepartureAt ?? '') > DateTime.fromISO('2027-05-01')).toBe(true);
  });
});
