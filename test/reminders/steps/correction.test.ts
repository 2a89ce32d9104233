import { describe, expect, it } from 'vitest';
import { readSeriesPage } from '../../../src/reminders/series/series.repository.ts';
import { readEligibility } from '../../../src/reminders/series/reminder-eligibility.repository.ts';
import { readSteps } from '../../../src/reminders/steps/step.repository.ts';
import { whyUnreached } from '../../../src/reminders/series/series-view.ts';
import { aDatabase } from '../../support/database.ts';
import { aBooking, aClinic, aNumber, type Clinic, type ClinicOptions } from '../series/clinic.ts';

const test = await aDatabase();

const opened = (options?: Omit<ClinicOptions, 'on'>): Promise<Clinic> => aClinic({ on: test, ...options });

const texts = async (clinic: Clinic): Promise<string[]> => (await clinic.received()).map(({ text }) => text);

/** Returns why each person with an event on a day must be phoned; undefined for those who are or will be informed. */
const toPhone = (clinic: Clinic, day: string): Promise<(string | undefined)[]> =>
  clinic.within(async (tx) => {
    const asked = { from: `${day}T00:00:00+01:00`, to: `${day}T23:59:59+01:00` };
    const at = clinic.clock.now().toISO();
    const reasons: (string | undefined)[] = [];
    for (const series of await readSeriesPage(tx, { ...asked, limit: 10, orAnnounced: true })) {
      const { contactId, purpose } = series;
      const eligibility = await readEligibility(tx, { contactId, purpose, at });
      const steps = await readSteps(tx, series);
      reasons.push(whyUnreached({ series, steps, eligibility }, asked)?.code);
    }
    return reasons;
  });

describe('a correction', () => {
  it('announces a move once, with the last revision', async () => {
    const clinic = await opened();
    const booking = aBooking({
      externalId: 'moved',
      contact: { phone: aNumber(), firstName: 'A', lastName: 'B' },
    });
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-01T15:16:00+01:00');
    clinic.clock.startAt('2027-03-02T09:00:00+01:00');
    const first = await clinic.book({ ...booking, startsAt: '2027-03-05T10:00' });
    expect(
      first.steps
        .filter(({ revision }) => revision === 2)
        .map(({ step, state, plannedAt }) => [step, state, plannedAt]),
    ).toMatchObject([
      ['P2D', 'planned', '2027-03-03T09:00:00.000Z'],
      ['moved', 'planned', expect.stringMatching(/^2027-03-02T08:05:/)],
    ]);
    clinic.clock.startAt('2027-03-02T09:04:00+01:00');
    await clinic.book({ ...booking, startsAt: '2027-03-10T11:30' });
    await clinic.conduct(series.id, '2027-03-02T20:00:00+01:00');
    expect(await texts(clinic)).toEqual([
      expect.stringContaining('mer. 03/03 à 15h15'),
      'Cabinet des Tilleuls : votre rendez-vous est déplacé au mer. 10/03 à 11h30, 12 rue des Tilleuls. Une question : 04 78 00 00 01. STOP au 36180',
    ]);
    expect((await clinic.received())[1]?.lawAt.slice(0, 16)).toBe('2027-03-02T08:09');
    await clinic.conduct(series.id, '2027-03-11T00:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(3);
    expect(
      (await clinic.view(series.id)).steps.map(({ revision, step, state }) => [revision, step, state]),
    ).toEqual([
      [3, 'P2D', 'sent'],
      [3, 'moved', 'sent'],
      [2, 'P2D', 'cancelled'],
      [2, 'moved', 'cancelled'],
      [1, 'P2D', 'sent'],
    ]);
  });

  it('is one for two concurrent moves', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-01T15:16:00+01:00');
    const moves = [
      { startsAt: '2027-03-10T11:30', told: 'mer. 10/03 à 11h30' },
      { startsAt: '2027-03-11T16:45', told: 'jeu. 11/03 à 16h45' },
    ];
    const moved = await Promise.all(
      moves.map(async ({ startsAt, told }) => {
        const filed = await clinic.book({ ...booking, startsAt });
        return { told, revision: filed.series.revision };
      }),
    );
    expect(new Set(moved.map(({ revision }) => revision))).toEqual(new Set([2, 3]));
    const last = expect.stringContaining(moved.find(({ revision }) => revision === 3)?.told ?? 'nobody');
    await clinic.conduct(series.id, '2027-03-02T20:00:00+01:00');
    expect((await texts(clinic)).slice(1)).toEqual([last]);
    await clinic.conduct(series.id, '2027-03-12T00:00:00+01:00');
    expect((await texts(clinic)).slice(1)).toEqual([last, last]);
  });

  it('is none when it moves back in time', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-01T15:16:00+01:00');
    await clinic.book({ ...booking, startsAt: '2027-03-05T10:00' });
    const back = await clinic.book(booking);
    expect(back.series.revision).toBe(3);
    await clinic.conduct(series.id, '2027-03-06T00:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
  });

  it('announces a cancellation of a finished series', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T00:00:00+01:00');
    expect((await clinic.view(series.id)).state).toBe('completed');
    await clinic.cancel(booking.externalId);
    expect(await clinic.plan(series.id)).toMatchObject({
      kind: 'wait',
      nextActionAt: '2027-03-02T07:00:00.000Z',
    });
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect((await texts(clinic))[1]).toBe(
      'Cabinet des Tilleuls : votre rendez-vous du 03/03 à 15h15 est annulé. Une question : 04 78 00 00 01. STOP au 36180',
    );
    expect(await clinic.view(series.id)).toMatchObject({
      state: 'cancelled',
      steps: [
        { step: 'P2D', state: 'sent' },
        { step: 'cancelled', state: 'sent' },
      ],
    });
  });

  it('names the day people knew of', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    await clinic.book({ ...booking, startsAt: '2027-03-05T10:00' });
    await clinic.cancel(booking.externalId);
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect(await texts(clinic)).toEqual([
      expect.any(String),
      expect.stringContaining('du 03/03 à 15h15 est annulé'),
    ]);
  });

  // The day that people were told still lies ahead.
  it('announces a cancellation of a still future day', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    await clinic.book({ ...booking, startsAt: '2027-03-01T09:15' });
    await clinic.conduct(series.id, '2027-03-02T10:30:00+01:00');
    expect(await toPhone(clinic, '2027-03-03')).toEqual(['CORRECTION_IMPOSSIBLE']);
    await clinic.cancel(booking.externalId);
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect((await texts(clinic)).slice(1)).toEqual([expect.stringContaining('du 03/03 à 15h15 est annulé')]);
    expect(await toPhone(clinic, '2027-03-03')).toEqual([]);
  });

  it('reaches whoever lost a booking moved back', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    await clinic.book({ ...booking, startsAt: '2027-03-01T09:15' });
    await clinic.conduct(series.id, '2027-03-02T10:30:00+01:00');
    const contact = { phone: aNumber(), firstName: 'Paul', lastName: 'Autre' };
    const other = await clinic.book({ ...booking, contact, startsAt: '2027-03-24T10:00' });
    expect(other.outcome).toBe('created');
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect((await texts(clinic)).slice(1)).toEqual([expect.stringContaining('du 03/03 à 15h15 est annulé')]);
  });

  it('still reaches somebody whose booking changed hands', async () => {
    const clinic = await opened();
    const booking = aBooking({ person: { firstName: 'Agnès', lastName: 'Hebert', birthDate: '1961-04-02' } });
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T00:00:00+01:00');
    await clinic.cancel(booking.externalId);
    const somebody = {
      externalId: booking.externalId,
      contact: { phone: aNumber(), firstName: 'Paul', lastName: 'Autre' },
      person: undefined,
      startsAt: '2027-03-10T11:30',
    };
    await expect(clinic.book({ ...booking, ...somebody })).rejects.toMatchObject({
      code: 'BOOKING_CANCELLED',
    });
    const other = await clinic.book({ ...booking, ...somebody, reopen: true });
    expect([other.outcome, other.series.revision]).toEqual(['created', 1]);
    expect(other.series.id).not.toBe(series.id);
    expect(JSON.stringify(await clinic.view(other.series.id))).not.toMatch(/Hebert|Agnès|1961/);
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect(await clinic.view(series.id)).toMatchObject({
      externalId: booking.externalId,
      state: 'cancelled',
      steps: [
        { step: 'P2D', state: 'sent' },
        { step: 'cancelled', state: 'sent' },
      ],
    });
    const again = await clinic.book({ ...booking, ...somebody });
    expect([again.series.id, again.outcome]).toEqual([other.series.id, 'unchanged']);
    await clinic.conduct(other.series.id, '2027-03-09T00:00:00+01:00');
    expect((await texts(clinic)).map((text) => /du 03\/03|mer\. \d\d\/03/.exec(text)?.[0])).toEqual([
      'mer. 03/03',
      'du 03/03',
      'mer. 10/03',
    ]);
    await clinic.cancel(booking.externalId);
    expect((await clinic.view(other.series.id)).state).toBe('cancelled');
  });

  it('that is impossible alerts the back office', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-03T13:30:00+01:00');
    await clinic.cancel(booking.externalId);
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
    expect((await clinic.view(series.id)).steps[1]).toMatchObject({
      step: 'cancelled',
      state: 'skipped',
      because: { code: 'LATE_BOOKING' },
    });
    expect(
      await clinic.query(
        `SELECT action, subject, details FROM audit_entry WHERE tenant_id = $1 AND action = 'reminder.correction-impossible'`,
        [clinic.tenantId],
      ),
    ).toEqual([
      {
        action: 'reminder.correction-impossible',
        subject: series.id,
        details: { step: 'cancelled', revision: 1, code: 'LATE_BOOKING' },
      },
    ]);
  });

  it('of a night cancellation needs a phone call', async () => {
    const clinic = await opened();
    const booking = aBooking({ startsAt: '2027-03-03T08:15' });
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T19:59:00+01:00');
    await clinic.cancel(booking.externalId);
    await clinic.conduct(series.id, '2027-03-03T09:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
    const told = await clinic.query(
      `SELECT subject, details ->> 'step' AS step FROM audit_entry WHERE tenant_id = $1 AND action = 'reminder.correction-impossible'`,
      [clinic.tenantId],
    );
    expect(told).toEqual([{ subject: series.id, step: 'cancelled' }]);
    expect(await toPhone(clinic, '2027-03-03')).toEqual(['CORRECTION_IMPOSSIBLE']);
  });

  it('of a night move needs a phone call', async () => {
    const clinic = await opened();
    const booking = aBooking({ startsAt: '2027-03-03T08:15' });
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T19:59:00+01:00');
    expect(await toPhone(clinic, '2027-03-03')).toEqual([undefined]);
    await clinic.book({ ...booking, startsAt: '2027-03-24T10:00' });
    expect(await toPhone(clinic, '2027-03-03')).toEqual(['CORRECTION_IMPOSSIBLE']);
    expect(await toPhone(clinic, '2027-03-04')).toEqual([]);
  });

  it('is not made if the back office does', async () => {
    const clinic = await opened();
    const booking = aBooking({ notifyChange: false });
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    await clinic.cancel(booking.externalId);
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
  });

  it('is withdrawn when the back office takes over', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    const moved = { ...booking, startsAt: '2027-03-05T10:00' };
    await clinic.book(moved);
    await clinic.book({ ...moved, notifyChange: false });
    await clinic.conduct(series.id, '2027-03-02T20:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
  });

  it('follows another address too', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-02T10:00:00+01:00');
    await clinic.book({ ...booking, place: '4 quai Neuf' });
    await clinic.conduct(series.id, '2027-03-02T12:00:00+01:00');
    expect((await texts(clinic))[1]).toContain('4 quai Neuf');
  });
});

describe('a booking of somebody else', () => {
  it('may be taken once cancelled or over', async () => {
    const somebody = () => ({ contact: { phone: aNumber(), firstName: 'Paul', lastName: aNumber() } });
    const clinic = await opened();
    const stands = aBooking();
    const { series } = await clinic.book(stands);
    await clinic.conduct(series.id, '2027-03-02T00:00:00+01:00');
    expect((await clinic.view(series.id)).state).toBe('completed');
    await expect(clinic.book({ ...stands, ...somebody() })).rejects.toMatchObject({
      code: 'BOOKING_OF_SOMEBODY_ELSE',
    });
    clinic.clock.startAt('2027-03-04T09:00:00+01:00');
    const over = await clinic.book({ ...stands, ...somebody(), startsAt: '2027-04-07T11:30' });
    expect([over.outcome, over.series.state]).toEqual(['created', 'open']);
    await clinic.cancel(stands.externalId);
    const next = await clinic.book({ ...stands, ...somebody(), startsAt: '2027-04-08T11:30', reopen: true });
    expect([next.outcome, next.series.state]).toEqual(['created', 'open']);
    expect((await clinic.view(over.series.id)).state).toBe('cancelled');
  });

  it('notifies whoever lost it, privately', async () => {
    const clinic = await opened();
    const [phone, other] = [aNumber(), aNumber()];
    const booking = aBooking({ contact: { phone, firstName: 'Agnès', lastName: 'Hebert' } });
    const lost = await clinic.book(booking);
    await clinic.conduct(lost.series.id, '2027-03-02T00:00:00+01:00');
    const contact = { phone: other, firstName: 'Paul', lastName: 'Autre' };
    const startsAt = '2027-03-10T11:30';
    const given = await clinic.book({
      ...booking,
      contact,
      startsAt,
      replaceContact: true,
    });
    await clinic.conduct(lost.series.id, '2027-03-04T00:00:00+01:00');
    await clinic.conduct(given.series.id, '2027-03-09T00:00:00+01:00');
    const numberOf = (written: string): string => `+33${written.replaceAll(' ', '').slice(1)}`;
    expect(
      (await clinic.received()).map(({ to, text }) => [to, /du 03\/03|mer\. \d\d\/03/.exec(text)?.[0]]),
    ).toEqual([
      [numberOf(phone), 'mer. 03/03'],
      [numberOf(phone), 'du 03/03'],
      [numberOf(other), 'mer. 10/03'],
    ]);
    expect(await clinic.view(lost.series.id)).toMatchObject({
      state: 'superseded',
      steps: [
        { step: 'P2D', state: 'sent' },
        { step: 'cancelled', state: 'sent' },
      ],
    });
    expect(await toPhone(clinic, '2027-03-03')).toEqual([undefined]);
  });

  it('needs a phone call when time is up', async () => {
    const clinic = await opened();
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.conduct(series.id, '2027-03-03T13:30:00+01:00');
    const contact = { phone: aNumber(), firstName: 'Paul', lastName: 'Autre' };
    await clinic.book({ ...booking, contact, startsAt: '2027-03-10T11:30', replaceContact: true });
    await clinic.conduct(series.id, '2027-03-04T00:00:00+01:00');
    expect(await texts(clinic)).toHaveLength(1);
    expect(
      await clinic.query(
        `SELECT subject, details ->> 'step' AS step FROM audit_entry WHERE tenant_id = $1 AND action = 'reminder.correction-impossible'`,
        [clinic.tenantId],
      ),
    ).toEqual([{ subject: series.id, step: 'cancelled' }]);
    expect(await toPhone(clinic, '2027-03-03')).toEqual(['CORRECTION_IMPOSSIBLE']);
  });
});
