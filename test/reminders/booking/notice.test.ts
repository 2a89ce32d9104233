import { beforeEach, describe, expect, it } from 'vitest';
import { accounts } from '../../../src/campaigns/run/run.repository.ts';
import type { CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { createCampaign } from '../../../src/campaigns/draft/creation.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { closePractice } from '../../../src/reminders/booking/appointment-order.ts';
import { filePaymentPlan, fileSubscription } from '../../../src/reminders/booking/bookings.ts';
import { practiceNameIndexes, putPractice } from '../../../src/company/practices/practice.repository.ts';
import { aBooking, aClinic, aNumber } from '../series/clinic.ts';

const EVE = '2027-03-02T16:00:00+01:00';
const patients: string[] = [];
const early = { phone: aNumber() };

const e164 = (phone: string): string => `+33${phone.replaceAll(' ', '').slice(1)}`;

const clinic = await aClinic();
const aPractice = (externalId: string, name: string): Promise<string> =>
  clinic.within(async (tx) => {
    const given = { externalId, name, displayName: name, phone: '04 78 00 00 01' };
    return (await putPractice(tx, clinic.deps, given)).practice.id;
  });

await clinic.book({ contact: early, startsAt: '2027-03-12T10:00' });
const practiceId = await aPractice('tilleuls', 'Cabinet des Tilleuls');
await aPractice('saules', 'Cabinet des Saules');
await clinic.book({ practice: 'Cabinet des Saules', startsAt: '2027-03-12T10:00' });
for (let turn = 0; turn < 38; turn += 1) {
  const contact = { phone: aNumber() };
  const { series } = await clinic.book({
    contact,
    startsAt: `2027-03-03T${String(9 + (turn % 9)).padStart(2, '0')}:20`,
  });
  // Some were reminded already, and wait for nothing but the day itself.
  if (turn % 8 === 0) {
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
    await clinic.conduct(series.id, '2027-03-01T20:00:00+01:00');
    clinic.clock.startAt('2027-02-01T09:00:00+01:00');
  }
  if (turn === 3) await clinic.book({ contact, startsAt: '2027-03-03T17:40' });
  patients.push(e164(contact.phone));
}
await clinic.book({ startsAt: '2027-03-04T10:00' });
await clinic.book({ practice: 'Cabinet des Saules' });
await clinic.book({ consent: undefined });
const cancelled = aBooking();
await clinic.book(cancelled);
await clinic.cancel(cancelled.externalId);

beforeEach(() => {
  clinic.clock.startAt(EVE);
});

const DAY = {
  kind: 'appointment',
  eventFrom: '2027-03-03T00:00:00+01:00',
  eventTo: '2027-03-03T23:59:59+01:00',
} as const;

/** Makes a notice, launches it and freezes its audience; returns its batches. */
async function noticed(more: Partial<CampaignRequest> = {}): Promise<{ id: string; batches: string[] }> {
  const newId = (): string => uuidV7(Date.now());
  const { keys, clock } = clinic.deps;
  const terms = { ...clinic.deps.terms, price: () => undefined };
  const asked: CampaignRequest = {
    name: 'Fermeture',
    purpose: 'appointment',
    text: '{practice} : le cabinet est fermé demain 03/03. Nous vous rappelons ; au besoin : {phone}. {stop}',
    audience: { series: { ...DAY, practiceId } },
    expireAt: '2027-03-02T20:00:00+01:00',
    ...more,
  };
  const made = await clinic.within((tx) =>
    createCampaign(tx, { keys, clock, newId, terms }, { ...asked, by: 'test', author: 'key:author' }),
  );
  await clinic.within((tx) =>
    launchCampaign(tx, { clock, keys, terms }, { campaignId: made.id, actor: 'key:test' }),
  );
  const freezing = { database: clinic.database, clock, newId, keysOf: () => Promise.resolve(keys) };
  const { shards } = await freezeAudience(freezing, { tenantId: clinic.tenantId, campaignId: made.id });
  return { id: made.id, batches: shards.map(({ batchId }) => batchId) };
}

/** A busy machine doubts its clock for a moment, and its operator asks to wait: nobody is left out for that. */
async function sentToTheLast(batches: readonly string[]): Promise<void> {
  for (const batchId of batches)
    await expect.poll(() => clinic.sendBatch(batchId)).toMatchObject({ kind: 'done' });
}

const receivedOf = async (batches: readonly string[]) =>
  (await clinic.received()).filter(({ reference }) => batches.some((batchId) => reference.includes(batchId)));

describe('a practice that closes tomorrow', () => {
  it('notifies its 38 patients once, in time', async () => {
    const { id, batches } = await noticed();
    await sentToTheLast([...batches, ...batches]);
    expect(await clinic.within((tx) => accounts(tx, id))).toMatchObject({
      audience: 39,
      accepted: 38,
      excluded: { NO_BASIS: 1 },
    });
    const told = await receivedOf(batches);
    expect(told.map(({ to }) => to).toSorted()).toEqual(patients.toSorted());
    expect(new Set(told.map(({ text }) => text))).toEqual(
      new Set([
        'Cabinet des Tilleuls : le cabinet est fermé demain 03/03. Nous vous rappelons ; au besoin : 04 78 00 00 01. STOP au 36180',
      ]),
    );
    expect(told.every(({ lawAt }) => Date.parse(lawAt) < Date.parse('2027-03-02T20:00:00+01:00'))).toBe(true);
  });

  it('is too late after its limit', async () => {
    clinic.clock.startAt('2027-03-02T20:30:00+01:00');
    const { batches } = await noticed({ expireAt: '2027-03-03T09:00:00+01:00' });
    const [batchId = ''] = batches;
    expect(await clinic.sendBatch(batchId)).toMatchObject({
      kind: 'wait',
      nextActionAt: '2027-03-03T07:00:00.000Z',
    });
    clinic.clock.startAt('2027-03-03T09:00:01+01:00');
    await clinic.sendBatch(batchId);
    expect(await receivedOf(batches)).toEqual([]);
  });

  it('notifies at night where an admin allowed it', async () => {
    clinic.clock.startAt('2027-03-02T22:30:00+01:00');
    const outsideWindow = { reason: 'dégât des eaux' };
    const { batches } = await noticed({ expireAt: '2027-03-03T09:00:00+01:00', outsideWindow });
    await sentToTheLast(batches);
    expect(await receivedOf(batches)).toHaveLength(38);
  });

  it('at midday notifies only those still to come', async () => {
    clinic.clock.startAt('2027-03-03T12:30:00+01:00');
    const { id, batches } = await noticed({ expireAt: '2027-03-03T20:00:00+01:00' });
    await sentToTheLast(batches);
    const toCome = patients.filter((_, turn) => turn === 3 || 9 + (turn % 9) > 12);
    expect((await receivedOf(batches)).map(({ to }) => to).toSorted()).toEqual(toCome.toSorted());
    expect(await clinic.within((tx) => accounts(tx, id))).toMatchObject({ accepted: toCome.length });
  });

  it('notifies minors and advertising opt-outs, not reminder opt-outs', async () => {
    clinic.clock.startAt('2027-03-08T10:00:00+01:00');
    const expected = new Map<string, boolean>();
    const patient = async (
      isTold: boolean,
      happens: (contactId: string, phone: string) => Promise<unknown>,
    ) => {
      const contact = { phone: aNumber() };
      const { series } = await clinic.book({ contact, startsAt: '2027-03-11T10:00' });
      await happens(series.contactId, e164(contact.phone));
      expected.set(e164(contact.phone), isTold);
    };
    const barred = (scope: string) => (contactId: string) =>
      clinic.query(
        `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
         SELECT uuidv7(), tenant_id, phone_index, $2, '2027-03-01', 'sms', '2027-03-01' FROM contact WHERE id = $1`,
        [contactId, scope],
      );
    await patient(true, (id) =>
      clinic.query(`UPDATE contact SET adult_on = '2035-01-01' WHERE id = $1`, [id]),
    );
    await patient(true, barred('marketing'));
    await patient(false, barred('appointment'));
    await patient(false, barred('all'));
    await patient(false, (_id, phone) => clinic.stop(phone));
    const { batches } = await noticed({
      audience: {
        series: {
          kind: 'appointment',
          practiceId,
          eventFrom: '2027-03-11T00:00:00+01:00',
          eventTo: '2027-03-11T23:59:59+01:00',
        },
      },
      expireAt: '2027-03-10T20:00:00+01:00',
    });
    await sentToTheLast(batches);
    const told = [...expected].filter(([, isTold]) => isTold).map(([phone]) => phone);
    expect((await receivedOf(batches)).map(({ to }) => to).toSorted()).toEqual(told.toSorted());
  });

  it('notifies those booked under its name before', async () => {
    clinic.clock.startAt('2027-03-08T10:00:00+01:00');
    const eventFrom = '2027-03-12T00:00:00+01:00';
    const series = {
      kind: 'appointment',
      practiceId,
      eventFrom,
      eventTo: '2027-03-12T23:59:59+01:00',
    } as const;
    const { batches } = await noticed({ audience: { series }, expireAt: '2027-03-11T20:00:00+01:00' });
    await sentToTheLast(batches);
    expect((await receivedOf(batches)).map(({ to }) => to)).toEqual([e164(early.phone)]);
  });

  it('cancels and notifies reminded appointments too', async () => {
    clinic.clock.startAt('2027-03-01T20:00:00+01:00');
    const { series } = await clinic.book({ startsAt: '2027-03-08T09:00' });
    await clinic.conduct(series.id, '2027-03-06T12:00:00+01:00');
    expect(await clinic.view(series.id)).toMatchObject({ state: 'completed' });
    const nameIndexes = practiceNameIndexes(clinic.deps.keys, 'Cabinet des Tilleuls');
    const when = { from: '2027-03-08T00:00:00+01:00', to: '2027-03-08T23:59:59+01:00' };
    const practice = { id: practiceId, nameIndexes };
    const closed = await clinic.within((tx) =>
      closePractice(tx, clinic.deps, {
        action: 'cancel',
        actor: 'key:test',
        reason: 'fermé',
        practice,
        ...when,
      }),
    );
    expect(closed.map((one) => one.series.id)).toEqual([series.id]);
    await clinic.conduct(series.id, '2027-03-08T09:00:00+01:00');
    expect((await receivedOf([series.batchId])).at(-1)?.text).toContain('du 08/03 à 9h00 est annulé');
  });
});

describe('a notice about contracts', () => {
  it('reaches those with the contract it names', async () => {
    const file = (service: string) =>
      clinic.within((tx) =>
        fileSubscription(tx, clinic.deps, {
          ...aBooking({ contact: { phone: aNumber() } }),
          renewsOn: '2027-12-31',
          refuseBy: '2027-11-30',
          service,
          reminders: undefined,
          consent: {
            method: 'paper',
            grantedAt: '2026-08-10',
            wording: 'J’accepte les rappels de mon contrat.',
          },
        }),
      );
    const [comfort] = [await file('Confort'), await file('Sérénité')];
    const { batches } = await noticed({
      purpose: 'renewal',
      text: 'Cabinet des Tilleuls : vos échanges par courriel changent le 01/04. Une question : {phone}. {stop}',
      audience: {
        series: {
          kind: 'subscription',
          eventFrom: '2027-06-01T00:00:00Z',
          eventTo: '2028-06-01T00:00:00Z',
          service: ' CONFORT ',
        },
      },
    });
    await sentToTheLast(batches);
    const told = await clinic.query('SELECT contact_id FROM message WHERE batch_id = ANY ($1)', [batches]);
    expect(told).toEqual([{ contact_id: comfort?.series.contactId }]);
  });

  it('reaches those with a payment due then', async () => {
    const plan = (...dates: readonly string[]) =>
      clinic.within((tx) =>
        filePaymentPlan(tx, clinic.deps, {
          ...aBooking({ contact: { phone: aNumber() } }),
          label: 'Confort',
          instalments: dates.map((dueOn, at) => ({
            number: at + 1,
            dueOn,
            amount: '49.00',
            currency: 'EUR',
          })),
          consent: {
            method: 'paper',
            grantedAt: '2026-08-10',
            wording: 'J’accepte les rappels de mes échéances.',
          },
        }),
      );
    const [april] = [await plan('2027-04-05', '2027-06-05'), await plan('2027-03-20', '2027-06-05')];
    const { batches } = await noticed({
      purpose: 'payment',
      text: 'Cabinet des Tilleuls : notre compte bancaire change le 01/04. Une question : {phone}. {stop}',
      audience: {
        series: {
          kind: 'payment-plan',
          eventFrom: '2027-04-01T00:00:00+02:00',
          eventTo: '2027-04-30T23:59:59+02:00',
        },
      },
    });
    await sentToTheLast(batches);
    const told = await clinic.query('SELECT contact_id FROM message WHERE batch_id = ANY ($1)', [batches]);
    expect(told).toEqual([{ contact_id: april?.series.contactId }]);
  });
});
