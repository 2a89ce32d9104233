import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/platform/errors.ts';
import { bookAppointment } from '../../../src/reminders/booking/bookings.ts';
import { aBooking, aClinic, aNumber, WORDING } from '../series/clinic.ts';

const clinic = await aClinic();

const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (cause) {
    return cause instanceof Refusal ? cause.code : String(cause);
  }
};

describe('a booking', () => {
  it('is a series with steps, batch and signal', async () => {
    const { series, outcome, eligibility } = await clinic.book({
      reminders: [{ offset: 'P7D' }, { offset: 'P1D' }, { offset: 'PT2H' }],
    });
    expect(outcome).toBe('created');
    expect(eligibility.sendable).toBe(true);
    const view = await clinic.view(series.id);
    expect(view).toMatchObject({ state: 'open', revision: 1, startsAt: '2027-03-03T15:15:00+01:00' });
    expect(view.steps.map(({ step, state, plannedAt }) => [step, state, plannedAt])).toEqual([
      ['P7D', 'planned', '2027-02-24T15:15:00+01:00'],
      ['P1D', 'planned', '2027-03-02T15:15:00+01:00'],
      ['PT2H', 'planned', '2027-03-03T13:15:00+01:00'],
    ]);
    expect(
      await clinic.query(
        `SELECT verb, signal, workflow, workflow_id, class FROM intent WHERE workflow_id = $1`,
        [`series/${series.id}`],
      ),
    ).toEqual([
      {
        verb: 'signal-with-start',
        signal: 'changed',
        workflow: 'reminderSeries',
        workflow_id: `series/${series.id}`,
        class: 2,
      },
    ]);
    expect(
      await clinic.query(`SELECT kind, purpose, state FROM batch WHERE series_id = $1`, [series.id]),
    ).toEqual([{ kind: 'series', purpose: 'appointment', state: 'open' }]);
  });

  it('repeated unchanged is one revision', async () => {
    const booking = aBooking();
    const first = await clinic.book(booking);
    const second = await clinic.book(booking);
    expect([second.outcome, second.series.id, second.series.revision]).toEqual([
      'unchanged',
      first.series.id,
      1,
    ]);
    expect(
      await clinic.query(`SELECT count(*)::int AS n FROM intent WHERE workflow_id = $1`, [
        `series/${first.series.id}`,
      ]),
    ).toEqual([{ n: 1 }]);
  });

  it('by two systems at once is one series', async () => {
    const booking = aBooking();
    const filed = await Promise.all(Array.from({ length: 5 }, () => clinic.book(booking)));
    expect(new Set(filed.map(({ series }) => series.id)).size).toBe(1);
    expect(filed.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  });

  it('under another source is another booking', async () => {
    const booking = aBooking();
    const ours = await clinic.book(booking);
    const theirs = await clinic.book({ ...booking, source: 'other' });
    expect(theirs.series.id).not.toBe(ours.series.id);
  });

  it('keeps names, place and number encrypted', async () => {
    const { series } = await clinic.book({
      externalId: 'AG-visible',
      contact: { phone: aNumber(), firstName: 'Barnabé', lastName: 'Quesnel' },
      place: '3 rue Oubliée',
    });
    const rows = await clinic.query(`SELECT to_jsonb(s) AS row FROM reminder_series s WHERE id = $1`, [
      series.id,
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/Barnab|Quesnel|Oubli|Tilleuls|visible/);
  });

  it('with a late plan leaves when lawful', async () => {
    const reminders = [{ offset: 'P7D' }, { offset: 'P1D' }];
    const { series } = await clinic.book({ startsAt: '2027-02-04T15:15', reminders });
    expect((await clinic.view(series.id)).steps).toMatchObject([
      {
        step: 'P7D',
        state: 'planned',
        plannedAt: expect.stringMatching(/^2027-02-01T09:/),
        because: {
          code: 'LATE_BOOKING',
          text: expect.stringMatching(/28\/01 à 15h15 ; réservé trop tard pour cette heure : part/),
        },
      },
      { step: 'P1D', state: 'planned', plannedAt: '2027-02-03T15:15:00+01:00' },
    ]);
  });

  it('in the past is refused, unless moved there', async () => {
    await expect(clinic.book({ startsAt: '2027-01-05T10:00' })).rejects.toMatchObject({
      code: 'NOTHING_AHEAD',
    });
    const booking = aBooking();
    await clinic.book(booking);
    const { series, steps } = await clinic.book({ ...booking, startsAt: '2027-01-05T10:00' });
    expect(steps).toMatchObject([
      { revision: 1, state: 'cancelled', code: 'MOVED' },
      { revision: 2, state: 'skipped', code: 'PAST' },
    ]);
    await clinic.conduct(series.id, '2027-02-01T09:00:00Z');
    expect(await clinic.view(series.id)).toMatchObject({ state: 'completed' });
  });
});

describe('a booking without a usable basis', () => {
  it('is kept, says why, and plans nothing (I13)', async () => {
    const { series, eligibility, steps } = await clinic.book({ consent: undefined });
    expect(eligibility).toMatchObject({ sendable: false, why: 'NO_BASIS' });
    expect(steps).toMatchObject([{ state: 'skipped', code: 'NO_BASIS', plannedAt: null }]);
    expect(await clinic.plan(series.id)).toMatchObject({
      kind: 'wait',
      nextActionAt: '2027-03-03T14:15:00.000Z',
    });
  });

  it('is planned when consent comes', async () => {
    const booking = aBooking({ consent: undefined, reminders: [{ offset: 'P7D' }, { offset: 'P1D' }] });
    const other = await aClinic({ on: clinic, at: '2027-02-25T09:00:00+01:00' });
    const { series } = await other.book(booking);
    const again = await other.book({ ...booking, consent: aBooking().consent });
    expect(again.outcome).toBe('unchanged');
    expect(again.steps.map(({ state, code }) => [state, code])).toEqual([
      ['planned', 'LATE_BOOKING'],
      ['planned', null],
    ]);
    expect((await other.view(series.id)).revision).toBe(1);
  });

  it('is planned by consent in another booking', async () => {
    const contact = { phone: aNumber(), firstName: 'Ana', lastName: 'Lopez' };
    const { series } = await clinic.book({ contact, consent: undefined });
    await clinic.book({ contact });
    expect((await clinic.view(series.id)).steps).toMatchObject([{ state: 'planned', revision: 1 }]);
    const told = await clinic.query(`SELECT count(*)::int AS n FROM intent WHERE workflow_id = $1`, [
      `series/${series.id}`,
    ]);
    expect(told).toEqual([{ n: 2 }]);
  });

  it('by contract is sendable where the tenant allows', async () => {
    const other = await aClinic({ on: clinic, settings: { bases: { appointment: 'contract' } } });
    const { eligibility } = await other.book({ consent: undefined });
    expect(eligibility.sendable).toBe(true);
  });

  it('stays unsendable with an old consent after STOP', async () => {
    const booking = aBooking({ contact: { phone: '06 12 77 00 01', firstName: 'Léa', lastName: 'Roy' } });
    await clinic.book(booking);
    await clinic.stop('+33612770001');
    const again = await clinic.book({
      ...booking,
      externalId: 'after-stop',
      consent: { method: 'paper', wording: WORDING, grantedAt: clinic.clock.now().toISO() },
    });
    expect(again.outcome).toBe('created');
    expect(again.eligibility).toMatchObject({ sendable: false, why: 'CONSENT_WITHDRAWN', left: true });
    expect(again.steps).toMatchObject([{ state: 'skipped', code: 'CONSENT_WITHDRAWN' }]);
  });

  it.each([
    ['a date alone', { grantedAt: '2026-08-21' }],
    ['no wording', { method: 'paper' as const, grantedAt: '2026-08-21' }],
    [
      'evidence that is not enough',
      {
        method: 'web_form' as const,
        grantedAt: '2026-08-21',
        wording: 'Oui',
        evidence: { formUrl: 'https://a.example' },
      },
    ],
  ])('is refused when the agreement is %s', async (_, consent) => {
    expect(await refusalOf(clinic.book({ consent }))).toBe('CONSENT_PROOF_INCOMPLETE');
  });

  it('takes the tenant’s defaults for a date alone', async () => {
    const other = await aClinic({ on: clinic });
    const { series } = await other.book();
    const [wording] = await other.query(`SELECT id FROM wording WHERE tenant_id = $1`, [other.tenantId]);
    await other.query(`UPDATE tenant SET settings = $2 WHERE id = $1`, [
      other.tenantId,
      { consentDefaults: { appointment: { method: 'paper', wordingId: wording?.['id'] } } },
    ]);
    const { eligibility } = await other.book({ consent: { grantedAt: '2026-08-21' } });
    expect(eligibility.sendable).toBe(true);
    expect(series.id).toBeTruthy();
  });
});

describe('a booking that moves', () => {
  it('is the next revision of its series', async () => {
    const booking = aBooking();
    const first = await clinic.book(booking);
    const moved = await clinic.book({ ...booking, startsAt: '2027-03-10T11:00' });
    expect([moved.outcome, moved.series.id, moved.series.revision]).toEqual(['revised', first.series.id, 2]);
    const view = await clinic.view(first.series.id);
    expect(
      view.steps.map(({ revision, state, because, plannedAt }) => [
        revision,
        state,
        because?.code,
        plannedAt,
      ]),
    ).toEqual([
      [2, 'planned', undefined, '2027-03-08T11:00:00+01:00'],
      [1, 'cancelled', 'MOVED', null],
    ]);
  });

  it('ends its ready message in one transaction (I2)', async () => {
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.query(
      `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state) VALUES ($1, 1000, $2, $3, 'ready')`,
      [series.batchId, clinic.tenantId, series.contactId],
    );
    await clinic.query(`INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES ($1, $2, 'ready', 1)`, [
      clinic.tenantId,
      series.batchId,
    ]);
    await clinic.book({ ...booking, startsAt: '2027-03-10T11:00' });
    expect(
      await clinic.query(`SELECT state, reason FROM message WHERE batch_id = $1`, [series.batchId]),
    ).toEqual([{ state: 'excluded', reason: 'CANCELLED' }]);
    expect(
      await clinic.query(
        `SELECT state::text, reason, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1, 2 HAVING sum(delta) <> 0`,
        [series.batchId],
      ),
    ).toEqual([{ state: 'excluded', reason: 'CANCELLED', n: 1 }]);
    expect((await clinic.view(series.id)).steps.at(-1)).toMatchObject({
      state: 'cancelled',
      because: { code: 'MOVED' },
    });
  });

  it('keeps the order of the caller', async () => {
    const booking = aBooking({ sourceRevision: 5 });
    await clinic.book(booking);
    expect(
      await refusalOf(clinic.book({ ...booking, startsAt: '2027-03-10T11:00', sourceRevision: 4 })),
    ).toBe('REVISION_SUPERSEDED');
    expect(
      await refusalOf(clinic.book({ ...booking, startsAt: '2027-03-10T11:00', sourceRevision: 6 })),
    ).toBe('accepted');
    expect(await refusalOf(clinic.book(booking))).toBe('REVISION_SUPERSEDED');
  });

  it('keeps the caller’s order in concurrent calls', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const booking = aBooking({ sourceRevision: 1 });
      const { series } = await clinic.book(booking);
      await Promise.allSettled([
        clinic.book({ ...booking, startsAt: '2027-03-11T16:45', sourceRevision: 3 }),
        clinic.book({ ...booking, startsAt: '2027-03-10T11:30', sourceRevision: 2 }),
      ]);
      const planned = (await clinic.view(series.id)).steps.filter(({ state }) => state === 'planned');
      expect(planned.map(({ plannedAt }) => plannedAt)).toEqual(['2027-03-09T16:45:00+01:00']);
    }
  });

  it('follows a person to a new number', async () => {
    const booking = aBooking();
    const first = await clinic.book(booking);
    const next = await clinic.book({ ...booking, contact: { ...booking.contact, phone: aNumber() } });
    expect(next.series.id).toBe(first.series.id);
    expect(next.series.contactId).not.toBe(first.series.contactId);
  });

  it('stays with the number for another family member', async () => {
    const booking = aBooking();
    const first = await clinic.book(booking);
    const next = await clinic.book({ ...booking, person: { firstName: 'Paul', lastName: 'Hebert' } });
    expect([next.series.id, next.series.revision, next.outcome]).toEqual([first.series.id, 1, 'unchanged']);
  });

  it('is refused for another person, unless deliberate', async () => {
    const booking = aBooking();
    const first = await clinic.book(booking);
    const somebody = { ...booking, contact: { phone: aNumber(), firstName: 'Paul', lastName: 'Autre' } };
    expect(await refusalOf(clinic.book(somebody))).toBe('BOOKING_OF_SOMEBODY_ELSE');
    const second = await clinic.book({ ...somebody, replaceContact: true });
    expect(second.series.id).not.toBe(first.series.id);
    const old = await clinic.view(first.series.id);
    expect(old).toMatchObject({
      state: 'superseded',
      steps: [{ state: 'cancelled', because: { code: 'CANCELLED' } }],
    });
    expect((await clinic.book({ ...somebody })).series.id).toBe(second.series.id);
  });

  it('is not assumed to be the same person', async () => {
    const booking = aBooking({ contact: { phone: aNumber() } });
    await clinic.book(booking);
    expect(await refusalOf(clinic.book({ ...booking, contact: { phone: aNumber() } }))).toBe(
      'BOOKING_OF_SOMEBODY_ELSE',
    );
  });

  it('booked again after a cancellation is a revision', async () => {
    const booking = aBooking();
    const { series } = await clinic.book(booking);
    await clinic.cancel(booking.externalId);
    await clinic.cancel(booking.externalId);
    expect(await clinic.view(series.id)).toMatchObject({
      state: 'cancelled',
      revision: 1,
      steps: [{ state: 'cancelled', because: { code: 'CANCELLED' } }],
    });
    const late = await clinic.book(booking);
    expect([late.outcome, late.series.state, late.series.revision]).toEqual(['unchanged', 'cancelled', 1]);
    const again = await clinic.book({ ...booking, reopen: true });
    expect([again.series.id, again.series.revision, again.series.state]).toEqual([series.id, 2, 'open']);
  });
});

describe('a booking that cannot be', () => {
  it.each([
    ['a landline', { contact: { phone: '01 42 68 53 00' } }, 'NUMBER_NOT_MOBILE'],
    ['two numbers', { contact: { phone: '06 12 34 56 78 / 06 12 34 56 79' } }, 'PHONE_AMBIGUOUS'],
    [
      'an unknown contact',
      { contact: undefined, contactId: '0190f3a0-0000-7000-8000-000000000000' },
      'CONTACT_NOT_FOUND',
    ],
    ['a day that does not exist', { startsAt: '2027-02-30T10:00' }, 'DATE_INVALID'],
    ['an unknown gateway', { gateway: 'none' }, 'GATEWAY_NOT_FOUND'],
    [
      'a text with health data',
      { text: '{practice} : votre coloscopie du {date} à {time}' },
      'CONTENT_REFUSED',
    ],
    ['a text that says tomorrow', { text: '{practice} : à demain {time} ! {date}' }, 'CONTENT_REFUSED'],
    [
      'a text with a name not allowed',
      { text: '{practice} : {firstName}, le {date} à {time}' },
      'TEXT_CANNOT_RENDER',
    ],
    [
      'a text that sells',
      { text: '{practice} : le {date} à {time}. -20 % sur nos soins en promo !' },
      'CONTENT_REFUSED',
    ],
    ['a place that tells', { place: 'Service d’oncologie' }, 'CONTENT_REFUSED'],
    ['a practice that tells', { practice: 'Centre de cancérologie' }, 'CONTENT_REFUSED'],
    ['a sender that tells', { sender: 'ONCOLOGIE' }, 'SENDER_INVALID'],
  ])('with %s is refused and changes nothing', async (_, more, code) => {
    const before = await clinic.query(`SELECT count(*)::int AS n FROM reminder_series`);
    expect(await refusalOf(clinic.book(more))).toBe(code);
    expect(await clinic.query(`SELECT count(*)::int AS n FROM reminder_series`)).toEqual(before);
  });

  it('is not refused in another tenant’s name', async () => {
    const other = await aClinic({ on: clinic });
    const booking = aBooking();
    const ours = await clinic.book(booking);
    const theirs = await other.within((tx) => bookAppointment(tx, other.deps, booking));
    expect(theirs.outcome).toBe('created');
    expect(theirs.series.id).not.toBe(ours.series.id);
  });
});
