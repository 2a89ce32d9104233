import { describe, expect, it } from 'vitest';
import { aBooking, aClinic, type Clinic } from '../series/clinic.ts';

const clinic = await aClinic();

describe('a late booking', () => {
  it('says what becomes of late reminders', async () => {
    const startsAt = '2027-02-02T15:15';
    const stateOf = async (by: Clinic, more: object): Promise<string | undefined> =>
      (await by.book({ startsAt, ...more })).steps[0]?.state;
    const careful = await aClinic({ on: clinic, settings: { ifLate: 'skip' } });
    expect([
      await stateOf(clinic, {}),
      await stateOf(clinic, { ifLate: 'skip' }),
      await stateOf(careful, {}),
      await stateOf(careful, { ifLate: 'next-lawful' }),
    ]).toEqual(['planned', 'skipped', 'skipped', 'planned']);
  });

  it('skipped as late stays skipped', async () => {
    // Sunday at ten for Monday at five: eight on Monday leaves nine hours of thirty-one.
    const other = await aClinic({ on: clinic, at: '2027-02-07T10:00:00+01:00' });
    const { series, steps } = await other.book({ startsAt: '2027-02-08T17:00' });
    expect(steps).toMatchObject([{ state: 'skipped', code: 'LATE_BOOKING' }]);
    other.clock.startAt('2027-02-08T08:30:00+01:00');
    await other.plan(series.id);
    expect(await other.view(series.id)).toMatchObject({ steps: [{ state: 'skipped' }] });
  });

  it('changed after its reminder is not reminded again', async () => {
    const other = await aClinic({ on: clinic, at: '2027-02-07T10:00:00+01:00' });
    const booking = aBooking({ startsAt: '2027-02-10T17:00', notifyChange: false });
    const { series } = await other.book(booking);
    await other.conduct(series.id, '2027-02-09T12:00:00+01:00');
    const moved = await other.book({ ...booking, startsAt: '2027-02-10T18:00' });
    expect(moved.steps.filter(({ revision }) => revision === 2)).toMatchObject([
      {
        state: 'skipped',
        code: 'LATE_BOOKING',
        because: { text: { en: expect.stringContaining('has left') } },
      },
    ]);
    expect(await other.received()).toHaveLength(1);
  });
});
