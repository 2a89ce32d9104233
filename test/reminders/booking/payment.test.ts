import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Filed } from '../../../src/reminders/booking/filing.ts';
import { payInstalment } from '../../../src/reminders/booking/appointment-order.ts';
import { filePaymentPlan, type PaymentPlanGiven } from '../../../src/reminders/booking/bookings.ts';
import { aClinic, aNumber } from '../series/clinic.ts';

const company = await aClinic({ sector: 'services' });

beforeEach(() => {
  company.clock.startAt('2027-02-01T09:00:00+01:00');
});

const eur = (number: number, dueOn: string, amount = '49.00') => ({ number, dueOn, amount, currency: 'EUR' });

const MONTHS = Array.from({ length: 20 }, (_, index) =>
  eur(index + 1, `2027-0${3 + Math.floor(index / 5)}-${10 + (index % 5)}`),
);

const aPlan = (more: Partial<PaymentPlanGiven> = {}): PaymentPlanGiven => ({
  externalId: randomUUID(),
  source: 'default',
  actor: 'key:test',
  keyName: 'contrats',
  contact: { phone: aNumber(), firstName: 'Marie', lastName: 'Delorme' },
  label: 'Confort',
  instalments: [eur(1, '2027-03-11'), eur(2, '2027-04-12', '1249.5')],
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte de recevoir par SMS les rappels de mes échéances.',
  },
  ...more,
});

const file = (given: PaymentPlanGiven): Promise<Filed> =>
  company.within((tx) => filePaymentPlan(tx, company.deps, given));
const pay = ({ externalId }: PaymentPlanGiven, number: number) =>
  company.within((tx) =>
    payInstalment(tx, company.deps, {
      kind: 'payment-plan',
      source: 'default',
      externalId,
      actor: 'key:test',
      number,
    }),
  );
const textsOf = async ({ series }: Filed): Promise<string[]> =>
  (await company.received())
    .filter(({ reference }) => reference.includes(series.batchId))
    .map(({ text }) => text);

const SCHEDULE =
  'Cabinet des Tilleuls, Confort : vos échéances : 49,00 € le 11/03, 1 249,50 € le 12/04. STOP au 36180';

describe('a payment plan', () => {
  it('announces its schedule, then each date, in French', async () => {
    const filed = await file(aPlan());
    expect(filed.steps.map(({ step }) => step)).toEqual(['1/P3D', '2/P3D', 'schedule']);
    await company.conduct(filed.series.id, '2027-05-01T12:00:00+02:00');
    expect(await textsOf(filed)).toEqual([
      SCHEDULE,
      'Cabinet des Tilleuls, Confort : échéance de 49,00 € le 11/03. Une question : 04 78 00 00 01. STOP au 36180',
      'Cabinet des Tilleuls, Confort : échéance de 1 249,50 € le 12/04. Une question : 04 78 00 00 01. STOP au 36180',
    ]);
    expect(await company.view(filed.series.id)).toMatchObject({ state: 'completed' });
  });

  it('asks for the next under a doubted clock', async () => {
    const plan = aPlan();
    const filed = await file(plan);
    await company.conduct(filed.series.id, '2027-04-08T12:00:00+02:00');
    const doubt = vi.spyOn(company.clock, 'doubt').mockReturnValue('the wall clock jumped by more than 2 s');
    company.clock.startAt('2027-04-12T22:30:00+02:00');
    await pay(plan, 1);
    doubt.mockRestore();
    company.clock.startAt('2027-04-08T12:00:00+02:00');
    await company.conduct(filed.series.id, '2027-05-01T12:00:00+02:00');
    expect(await textsOf(filed)).toHaveLength(3);
  });

  it('stops asking for what was paid', async () => {
    const plan = aPlan({ reminders: [{ offset: 'P3D' }, { offset: '-P5D' }] });
    const filed = await file(plan);
    await company.conduct(filed.series.id, '2027-02-20T12:00:00+01:00');
    await pay(plan, 1);
    const again = await pay(plan, 1);
    expect(again.series.revision).toBe(1);
    const unchanged = await file(plan);
    expect(unchanged.outcome).toBe('unchanged');
    await company.conduct(filed.series.id, '2027-06-01T12:00:00+02:00');
    const texts = await textsOf(filed);
    expect(texts).toHaveLength(3);
    expect(texts[2]).toBe(
      "Cabinet des Tilleuls, Confort : sauf erreur, l'échéance de 1 249,50 € du 12/04 reste à régler. Une question : 04 78 00 00 01. STOP au 36180",
    );
    expect(texts.join(' ')).not.toContain('échéance de 49,00');
    expect(await company.view(filed.series.id)).toMatchObject({
      instalments: [
        { number: 1, paidAt: expect.any(String) },
        { number: 2, paidAt: null },
      ],
    });
  });

  it('is stopped by payment with its message ready', async () => {
    const plan = aPlan({ announce: false });
    const filed = await file(plan);
    company.clock.startAt('2027-03-08T10:00:01+01:00');
    await company.sendOnce(filed.series.id, () => pay(plan, 1));
    expect(await textsOf(filed)).toEqual([]);
    expect((await company.view(filed.series.id)).steps[0]).toMatchObject({
      state: 'cancelled',
      because: { code: 'PAID' },
    });
    await company.conduct(filed.series.id, '2027-06-01T12:00:00+02:00');
    expect(await textsOf(filed)).toHaveLength(1);
  });

  it('is announced again once when it changes', async () => {
    const plan = aPlan();
    const filed = await file(plan);
    await company.conduct(filed.series.id, '2027-02-20T12:00:00+01:00');
    await file({ ...plan, instalments: [eur(1, '2027-03-11'), eur(2, '2027-05-12')] });
    const changed = await file({ ...plan, instalments: [eur(1, '2027-03-11'), eur(2, '2027-06-14')] });
    expect(changed.series.revision).toBe(3);
    await company.conduct(filed.series.id, '2027-07-01T12:00:00+02:00');
    expect(await textsOf(filed)).toEqual([
      SCHEDULE,
      'Cabinet des Tilleuls, Confort : vos échéances : 49,00 € le 11/03, 49,00 € le 14/06. STOP au 36180',
      expect.stringContaining('échéance de 49,00 € le 11/03'),
      expect.stringContaining('échéance de 49,00 € le 14/06'),
    ]);
  });

  it('is not announced again for changed reminders', async () => {
    const plan = aPlan();
    const filed = await file(plan);
    await company.conduct(filed.series.id, '2027-03-08T12:00:00+01:00');
    await file({ ...plan, reminders: [{ offset: 'P3D' }, { offset: 'P1D' }] });
    await company.conduct(filed.series.id, '2027-03-10T12:00:00+01:00');
    expect(await textsOf(filed)).toEqual([
      SCHEDULE,
      expect.stringContaining('échéance de 49,00 € le 11/03'),
      expect.stringContaining('échéance de 49,00 € le 11/03'),
    ]);
  });

  it('too long shows first, last and number', async () => {
    const filed = await file(aPlan({ instalments: MONTHS, maxParts: 2 }));
    await company.conduct(filed.series.id, '2027-02-02T12:00:00+01:00');
    expect(await textsOf(filed)).toEqual([
      'Cabinet des Tilleuls, Confort : 20 échéances, 49,00 € le 10/03 puis 49,00 € le 14/06. STOP au 36180',
    ]);
  });

  it('too long links to its page', async () => {
    await company.query(`UPDATE tenant SET settings = '{"publicUrl":"https://sms.lumiere.fr"}'`);
    const filed = await file(aPlan({ instalments: MONTHS, maxParts: 2 }));
    await company.conduct(filed.series.id, '2027-02-02T12:00:00+01:00');
    await company.query(`UPDATE tenant SET settings = '{}'`);
    expect(await textsOf(filed)).toEqual([
      expect.stringMatching(
        /: 20 échéances, 49,00 € le 10\/03 puis 49,00 € le 14\/06\. Toutes : https:\/\/sms\.lumiere\.fr\/s\/[1-9A-Za-z]{22}\. STOP au 36180$/,
      ),
    ]);
  });

  it('skips past dates, and needs one ahead', async () => {
    const filed = await file(aPlan({ instalments: [eur(1, '2027-01-11'), eur(2, '2027-04-12')] }));
    expect(filed.steps).toMatchObject([
      { step: '1/P3D', state: 'skipped', code: 'PAST' },
      { step: '2/P3D', state: 'planned' },
      { step: 'schedule', state: 'planned' },
    ]);
    await company.conduct(filed.series.id, '2027-02-02T12:00:00+01:00');
    expect(await textsOf(filed)).toEqual([expect.not.stringContaining('11/01')]);
    await expect(file(aPlan({ instalments: [eur(1, '2027-01-11')] }))).rejects.toMatchObject({
      code: 'NOTHING_AHEAD',
    });
  });

  it('without a basis is planned by consent', async () => {
    const plan = aPlan({ consent: undefined });
    const filed = await file(plan);
    expect(new Set(filed.steps.map(({ code }) => code))).toEqual(new Set(['NO_BASIS']));
    await company.conduct(filed.series.id, '2027-03-20T12:00:00+01:00');
    expect(await textsOf(filed)).toEqual([]);
    await file(aPlan({ ...plan, consent: aPlan().consent }));
    await company.conduct(filed.series.id, '2027-05-01T12:00:00+02:00');
    expect(await textsOf(filed)).toEqual([
      expect.stringContaining('vos échéances : 1 249,50 € le 12/04'),
      expect.stringContaining('échéance de 1 249,50 € le 12/04'),
    ]);
  });
});
