import { describe, expect, it } from 'vitest';
import { aClinic, aNumber } from './clinic.ts';

const clinic = await aClinic({
  settings: { frequency: { appointment: { perDay: 1, perMonth: 2 } } },
});

const AT = '2027-03-01T15:15:01+01:00';

const textsTo = async (phone: string): Promise<string[]> => {
  const e164 = `+33${phone.replaceAll(' ', '').slice(1)}`;
  return (await clinic.received()).filter(({ to }) => to === e164).map(({ text }) => text);
};

describe('a cap of reminders', () => {
  it('gives two concurrent series one last place', async () => {
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
    const contact = { phone: aNumber() };
    const both = [
      await clinic.book({ contact }),
      await clinic.book({ contact, startsAt: '2027-03-03T15:20' }),
    ];
    clinic.clock.startAt('2027-03-01T15:20:01+01:00');
    await Promise.all(both.map(({ series }) => clinic.sendOnce(series.id)));
    expect(await textsTo(contact.phone)).toHaveLength(1);
    const steps = (await Promise.all(both.map(({ series }) => clinic.view(series.id)))).flatMap(
      (view) => view.steps,
    );
    expect(steps.map(({ state }) => state).toSorted()).toEqual(['sent', 'skipped']);
    expect(steps.find(({ state }) => state === 'skipped')?.because).toMatchObject({
      code: 'FREQUENCY_CAP',
      text: 'Le plafond de messages de cette personne est atteint (FRQ-01).',
    });
    const tallied = await clinic.query(
      'SELECT state::text, reason, sum(delta)::int AS n FROM tally WHERE batch_id = ANY ($1) GROUP BY 1, 2 HAVING sum(delta) <> 0 ORDER BY 1',
      [both.map(({ series }) => series.batchId)],
    );
    expect(tallied).toEqual([
      { state: 'accepted', reason: null, n: 1 },
      { state: 'excluded', reason: 'FREQUENCY_CAP', n: 1 },
    ]);
  });

  it('counts thirty days, and never blocks corrections', async () => {
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
    const contact = { phone: aNumber() };
    for (const day of ['02', '05', '08']) {
      const { series } = await clinic.book({
        contact,
        externalId: `CAP-${day}`,
        startsAt: `2027-03-${day}T15:15`,
      });
      await clinic.conduct(series.id, `2027-03-${day}T15:16:00+01:00`);
    }
    expect(await textsTo(contact.phone)).toHaveLength(2);
    clinic.clock.startAt('2027-03-03T16:00:00+01:00');
    const told = await clinic.book({ contact, externalId: 'CAP-05', startsAt: '2027-03-09T15:15' });
    await clinic.conduct(told.series.id, '2027-03-04T18:00:00+01:00');
    expect((await textsTo(contact.phone)).at(-1)).toContain('est déplacé au mar. 09/03');
  });

  it('exempts those it does not concern', async () => {
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
    const { series } = await clinic.book();
    await clinic.conduct(series.id, AT);
    expect((await clinic.view(series.id)).steps).toMatchObject([{ state: 'sent' }]);
  });
});

describe('a reminder of a tenant in shadow', () => {
  it('is skipped, and reported as would-be sent', async () => {
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
    await clinic.query('UPDATE tenant SET shadow = true');
    const contact = { phone: aNumber() };
    const { series } = await clinic.book({ contact });
    await clinic.conduct(series.id, AT);
    await clinic.query('UPDATE tenant SET shadow = false');
    expect(await textsTo(contact.phone)).toEqual([]);
    const { steps } = await clinic.view(series.id);
    expect(steps).toMatchObject([
      {
        state: 'skipped',
        because: { code: 'SHADOW', text: 'À blanc : serait parti, rien ne devait partir.' },
      },
    ]);
  });
});
