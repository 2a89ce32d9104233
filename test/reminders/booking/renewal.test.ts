import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileSubscription, type SubscriptionGiven } from '../../../src/reminders/booking/bookings.ts';
import type { Filed } from '../../../src/reminders/booking/filing.ts';
import { aClinic, aNumber } from '../series/clinic.ts';
import type { Language } from '../../../src/words/index.ts';

const company = await aClinic({ sector: 'services' });

const aContract = (more: Partial<SubscriptionGiven> = {}): SubscriptionGiven => ({
  externalId: randomUUID(),
  source: 'default',
  actor: 'key:test',
  keyName: 'contrats',
  contact: { phone: aNumber(), firstName: 'Jules', lastName: 'Teixeira' },
  renewsOn: '2027-10-19',
  refuseBy: '2027-08-20',
  service: 'Confort',
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte de recevoir par SMS les rappels de mon contrat.',
  },
  ...more,
});

const file = (more: Partial<SubscriptionGiven> = {}): Promise<Filed> =>
  company.within((tx) => fileSubscription(tx, company.deps, aContract(more)));
const textsOf = async ({ series }: Filed): Promise<string[]> =>
  (await company.received())
    .filter(({ reference }) => reference.includes(series.batchId))
    .map(({ text }) => text);
const newsOf = async ({ series }: Filed, type: string): Promise<number> =>
  (await company.query(`SELECT 1 FROM audit_entry WHERE subject = $1 AND action = $2`, [series.id, type]))
    .length;

describe('a contract that renews by itself', () => {
  it('is announced two months before its last day', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const filed = await file({ legalNoticeRef: 'LRAR-1' });
    expect(filed.steps).toMatchObject([
      { step: 'P2M', state: 'planned', plannedAt: '2027-06-19T08:00:00.000Z' },
    ]);
    await company.conduct(filed.series.id, '2027-10-01T09:00:00+02:00');
    expect(await textsOf(filed)).toEqual([
      "Cabinet des Tilleuls : votre contrat Confort se renouvelle le 19/10. Vous pouvez le refuser jusqu'au 20/08 : 04 78 00 00 01. STOP au 36180",
    ]);
    expect(await company.view(filed.series.id)).toMatchObject({
      state: 'completed',
      legalNotice: 'recorded',
      steps: [{ state: 'sent' }],
    });
  });

  it('reports a missing letter once, 45 days before', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const filed = await file();
    await company.conduct(filed.series.id, '2027-07-05T12:00:00+02:00');
    expect(await textsOf(filed)).toHaveLength(1);
    expect([
      await company.view(filed.series.id),
      await newsOf(filed, 'renewal.notice-missing'),
    ]).toMatchObject([
      {
        state: 'open',
        legalNotice: 'missing',
        waitingFor: { code: 'REN_02', ruleId: 'REN-02', byTerritory: [{ territory: 'FR', count: 1 }] },
      },
      0,
    ]);
    const said = async (language: Language): Promise<unknown> =>
      (await company.view(filed.series.id, language)).waitingFor?.text;
    expect([await said('fr'), await said('en')]).toEqual([
      'La référence de l’avis légal manque encore (REN-02).',
      'The reference of the legal notice is still missing (REN-02).',
    ]);
    await company.conduct(filed.series.id, '2027-07-07T12:00:00+02:00');
    expect([
      await company.view(filed.series.id),
      await newsOf(filed, 'renewal.notice-missing'),
    ]).toMatchObject([{ state: 'completed', legalNotice: 'missing' }, 1]);
  });

  it('is silent about a letter named in time', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const contract = aContract();
    const filed = await file(contract);
    await company.conduct(filed.series.id, '2027-06-25T12:00:00+02:00');
    const again = await file({ ...contract, legalNoticeRef: 'LRAR-7' });
    expect([again.outcome, again.series.revision]).toEqual(['unchanged', 1]);
    await company.conduct(filed.series.id, '2027-09-01T12:00:00+02:00');
    expect(await newsOf(filed, 'renewal.notice-missing')).toBe(0);
  });

  it('with moved dates is announced again', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const contract = aContract({ legalNoticeRef: 'LRAR-2' });
    const filed = await file(contract);
    await company.conduct(filed.series.id, '2027-06-21T12:00:00+02:00');
    const moved = await file({ ...contract, renewsOn: '2027-11-19', refuseBy: '2027-09-20' });
    expect(moved.outcome).toBe('revised');
    await company.conduct(filed.series.id, '2027-12-01T12:00:00+02:00');
    const texts = await textsOf(filed);
    expect(texts.map((text) => /jusqu'au (\S+)/.exec(text)?.[1])).toEqual(['20/08', '20/09', '20/09']);
  });

  it('that ends is not announced any more', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const contract = aContract();
    const filed = await file(contract);
    await company.conduct(filed.series.id, '2027-06-21T12:00:00+02:00');
    const { cancelBooking } = await import('../../../src/reminders/booking/appointment-order.ts');
    const named = { kind: 'subscription' as const, source: 'default', externalId: contract.externalId };
    await company.within((tx) => cancelBooking(tx, company.deps, { ...named, actor: 'key:test' }));
    await company.conduct(filed.series.id, '2027-12-01T12:00:00+02:00');
    expect(await textsOf(filed)).toHaveLength(1);
    expect(await company.view(filed.series.id)).toMatchObject({ state: 'cancelled' });
  });
});

describe('a contract that simply ends', () => {
  it('needs no last day, and says it ends', async () => {
    company.clock.startAt('2027-02-01T09:00:00+01:00');
    const filed = await file({ refuseBy: undefined, tacitRenewal: false, reminders: [{ offset: 'P7D' }] });
    await company.conduct(filed.series.id, '2027-11-01T12:00:00+01:00');
    expect(await textsOf(filed)).toEqual([
      'Cabinet des Tilleuls : votre contrat Confort prend fin le 19/10. Une question : 04 78 00 00 01. STOP au 36180',
    ]);
    expect(await newsOf(filed, 'renewal.notice-missing')).toBe(0);
  });
});
