import { afterEach, describe, expect, it, vi } from 'vitest';
import { confirmBooking, missBooking, noteNoShow } from '../../../src/reminders/booking/appointment-order.ts';
import { replanSeriesOf } from '../../../src/reminders/series/outlook.ts';
import { orderSeries, type SeriesOrder } from '../../../src/reminders/series/series-order.ts';
import type { AppointmentGiven } from '../../../src/reminders/booking/bookings.ts';
import type { Filed } from '../../../src/reminders/booking/filing.ts';
import { aBooking, aClinic, aNumber } from './clinic.ts';

const clinic = await aClinic();
afterEach(() => void vi.restoreAllMocks());

const DOUBT = 'the wall clock jumped by more than 2 s';
const [BOOKED, NIGHT] = ['2027-03-01T09:00:00+01:00', '2027-03-04T00:00:00+01:00'];
/** The appointment is at 15:15, its only reminder at 13:15. */
const NOON = '2027-03-03T12:00:00+01:00';
const NOON_AND_THREE = '2027-03-03T15:00:00+01:00';

const FOUR_HOURS_MS = 4 * 3_600_000;
const SEVEN_HOURS_MS = 7 * 3_600_000;

/** A call that has a series planned again. */
type Call = (booking: AppointmentGiven, filed: Filed) => Promise<unknown>;

const order =
  (what: SeriesOrder): Call =>
  (_, { series }) =>
    clinic.within((tx) =>
      orderSeries(tx, clinic.deps, { seriesId: series.id, order: what, actor: 'key:test' }),
    );

const named = ({ externalId }: AppointmentGiven) =>
  ({ kind: 'appointment', source: 'default', externalId, actor: 'key:test' }) as const;

const CALLS: readonly (readonly [string, Call])[] = [
  ['a pause', order('pause')],
  ['a resumption', order('resume')],
  ['the same booking', (booking) => clinic.book(booking)],
  ['a booking that moves', (booking) => clinic.book({ ...booking, startsAt: '2027-03-03T16:15' })],
  ['a confirmation', (booking) => clinic.within((tx) => confirmBooking(tx, clinic.deps, named(booking)))],
  [
    'a consent or a receipt',
    (_, { series }) => clinic.within((tx) => replanSeriesOf(tx, clinic.deps, [series.contactId])),
  ],
  [
    'an hour that has not struck',
    async (booking) => {
      clinic.clock.startAt(NOON);
      const early = { code: 'SERIES_CANNOT_MOVE' };
      await clinic.inDoubt(FOUR_HOURS_MS, () =>
        expect(clinic.within((tx) => noteNoShow(tx, clinic.deps, named(booking)))).rejects.toMatchObject(
          early,
        ),
      );
    },
  ],
  ['its workflow', (_, { series }) => clinic.plan(series.id)],
  ['the end of its workflow', (_, { series }) => clinic.end(series.id)],
];

const intentsOf = async ({ series }: Filed): Promise<number> => {
  const rows = await clinic.query(`SELECT 1 FROM intent WHERE input ->> 'seriesId' = $1`, [series.id]);
  return rows.length;
};

const textsOf = async ({ series }: Filed): Promise<number> =>
  (await clinic.received()).filter(({ reference }) => reference.includes(series.batchId)).length;

const booked = async (): Promise<readonly [AppointmentGiven, Filed]> => {
  clinic.clock.startAt(BOOKED);
  const booking = aBooking({ reminders: [{ offset: 'PT2H' }] });
  const filed = await clinic.book(booking);
  clinic.clock.startAt(NOON);
  return [booking, filed];
};

describe('a clock in doubt, three hours ahead', () => {
  it.each(CALLS)('takes no reminder away by %s', async (_, call) => {
    const [booking, filed] = await booked();
    const doubt = vi.spyOn(clinic.clock, 'doubt').mockReturnValue(DOUBT);
    clinic.clock.startAt(NOON_AND_THREE);
    await call(booking, filed);
    doubt.mockRestore();
    clinic.clock.startAt(NOON);
    await order('resume')(booking, filed);
    await clinic.conduct(filed.series.id, NIGHT);
    expect(await textsOf(filed)).toBe(1);
  });

  it('looks at series again once sure', async () => {
    const [, filed] = await booked();
    const before = await intentsOf(filed);
    vi.spyOn(clinic.clock, 'doubt').mockReturnValue(DOUBT);
    await clinic.within((tx) => replanSeriesOf(tx, clinic.deps, [filed.series.contactId]));
    expect(await intentsOf(filed)).toBe(before + 1);
  });

  it('skips none when it jumps during planning', async () => {
    const [, { series }] = await booked();
    vi.spyOn(clinic.clock, 'doubt').mockReturnValueOnce(undefined).mockReturnValue(DOUBT);
    clinic.clock.startAt(NOON_AND_THREE);
    expect(await clinic.plan(series.id)).toMatchObject({ kind: 'wait', because: { code: 'CLOCK_DOUBT' } });
    expect(await clinic.view(series.id)).toMatchObject({ state: 'open', steps: [{ state: 'planned' }] });
  });

  it('says why a series waits, and obeys STOP', async () => {
    const [booking, filed] = await booked();
    const { series } = filed;
    const before = await intentsOf(filed);
    const doubt = vi.spyOn(clinic.clock, 'doubt').mockReturnValue(DOUBT);
    clinic.clock.startAt(NOON_AND_THREE);
    expect(await clinic.plan(series.id)).toMatchObject({ kind: 'wait', state: 'parked' });
    // It looks again by itself: a signal from here would have it look again at once, for ever.
    expect(await intentsOf(filed)).toBe(before);
    expect(await clinic.view(series.id)).toMatchObject({ waitingFor: { code: 'CLOCK_DOUBT' } });
    await clinic.stop((booking.contact?.phone ?? '').replace(/^0/, '+33').replaceAll(' ', ''));
    doubt.mockRestore();
    clinic.clock.startAt(NOON);
    expect(await clinic.conduct(series.id, NIGHT)).toMatchObject({ kind: 'done' });
    expect(await clinic.view(series.id)).toMatchObject({ state: 'stopped', steps: [{ state: 'cancelled' }] });
  });

  it('cancels at once what people cancelled', async () => {
    const [booking, { series }] = await booked();
    vi.spyOn(clinic.clock, 'doubt').mockReturnValue(DOUBT);
    clinic.clock.startAt(NOON_AND_THREE);
    await clinic.cancel(booking.externalId);
    expect(await clinic.view(series.id)).toMatchObject({
      state: 'cancelled',
      steps: [{ state: 'cancelled' }],
    });
  });

  it.each<readonly [string, string, Call]>([
    ['moves', 'reporté|déplacé', (booking) => clinic.book({ ...booking, startsAt: '2027-03-03T19:15' })],
    ['is cancelled', 'annulé', (booking) => clinic.cancel(booking.externalId)],
  ])('notifies at once when an appointment %s', async (_what, said, call) => {
    clinic.clock.startAt(BOOKED);
    const booking = aBooking({
      startsAt: '2027-03-03T15:15',
      reminders: [{ offset: 'PT2H' }, { offset: 'P1D' }],
    });
    const filed = await clinic.book(booking);
    await clinic.conduct(filed.series.id, '2027-03-02T16:00:00+01:00');
    clinic.clock.startAt('2027-03-03T09:00:00+01:00');
    await clinic.inDoubt(SEVEN_HOURS_MS, () => call(booking, filed));
    await clinic.conduct(filed.series.id, '2027-03-03T09:30:00+01:00');
    const texts = await clinic.received();
    const own = texts.filter(({ reference }) => reference.includes(filed.series.batchId));
    expect(own.at(-1)?.text).toMatch(new RegExp(said));
  });
});

describe('a host four hours ahead, half an hour past twelve', () => {
  /** A series whose person was informed of an appointment at 15:15, and that owes nothing more. */
  const told = async (): Promise<readonly [AppointmentGiven, Filed]> => {
    clinic.clock.startAt(BOOKED);
    const booking = aBooking({ reminders: [{ offset: 'P1D' }] });
    const filed = await clinic.book(booking);
    await clinic.conduct(filed.series.id, '2027-03-02T16:00:00+01:00');
    clinic.clock.startAt('2027-03-03T12:30:00+01:00');
    return [booking, filed];
  };

  const toSomebodyElse = (booking: AppointmentGiven): AppointmentGiven => ({
    ...booking,
    contact: { phone: aNumber(), firstName: 'Paul', lastName: 'Autre' },
    startsAt: '2027-03-03T18:00',
  });

  it('keeps the booking for its person', async () => {
    const [booking] = await told();
    await clinic.inDoubt(FOUR_HOURS_MS, () =>
      expect(clinic.book(toSomebodyElse(booking))).rejects.toMatchObject({
        code: 'BOOKING_OF_SOMEBODY_ELSE',
      }),
    );
  });

  it('notifies whoever lost it', async () => {
    const [booking, filed] = await told();
    await clinic.inDoubt(FOUR_HOURS_MS, () =>
      clinic.book({ ...toSomebodyElse(booking), replaceContact: true }),
    );
    await clinic.conduct(filed.series.id, NIGHT);
    const texts = await clinic.received();
    const own = texts.filter(({ reference }) => reference.includes(filed.series.batchId));
    expect(own.at(-1)?.text).toContain('annulé');
  });

  it('cancels what nobody missed yet', async () => {
    const [booking, filed] = await told();
    await clinic.inDoubt(FOUR_HOURS_MS, () =>
      clinic.within((tx) => missBooking(tx, clinic.deps, named(booking))),
    );
    expect(await clinic.view(filed.series.id)).toMatchObject({ state: 'cancelled' });
  });

  it('accepts a booking already past by its clock', async () => {
    clinic.clock.startAt(NOON);
    const filed: Filed[] = [];
    await clinic.inDoubt(FOUR_HOURS_MS, async () => filed.push(await clinic.book()));
    expect(filed).toMatchObject([{ outcome: 'created' }]);
  });
});
