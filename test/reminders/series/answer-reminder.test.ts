import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../src/base/random.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { answerMeant } from '../../../src/reminders/series/series-order.ts';
import type { AppointmentGiven } from '../../../src/reminders/booking/bookings.ts';
import type { Reminded } from '../../../src/reminders/steps/step.repository.ts';
import { repliesOf } from '../../../src/sending/replies/inbound.repository.ts';
import { putPractice } from '../../../src/company/practices/practice.repository.ts';
import { deliveriesOf } from '../../../src/operations/webhooks/webhook.repository.ts';
import { addEndpoint } from '../../../src/company/webhooks/webhook-endpoint.repository.ts';
import { payloadsOf } from '../../../src/operations/webhooks/webhook-payload.ts';
import { aClinic, aNumber, type Clinic } from './clinic.ts';

/** Makes a person whose reminder for Wednesday at 15:15 was sent on Monday. */
async function reminded(
  clinic: Clinic,
  more: Partial<AppointmentGiven> = {},
): Promise<{ phone: string; seriesId: string }> {
  const phone = aNumber();
  const { series } = await clinic.book({ contact: { phone, firstName: 'A', lastName: 'B' }, ...more });
  await clinic.conduct(series.id, '2027-03-01T18:00:00+01:00');
  return { phone: more.contact?.phone ?? phone, seriesId: series.id };
}

async function hears(clinic: Clinic, phone: string, text: string, identity: string = randomUUID()) {
  const [account] = await clinic.query('SELECT id FROM gateway_account');
  const { vault, database, clock } = clinic;
  const newId = () => uuidV7(Date.now());
  const event = { kind: 'reply', identity, from: e164(phone), text } as const;
  const told = { event, id: newId(), receivedAt: clock.now().toISO(), simulated: true };
  const taken = { id: String(account?.['id']), acknowledgesStop: true };
  return takeReply({ database, vault, clock, newId }, taken, told);
}

const e164 = (phone: string): string => `+33${phone.replaceAll(' ', '').slice(1)}`;

const told = (clinic: Clinic, like: string) =>
  clinic.query(
    `SELECT action, actor, subject, details FROM audit_entry WHERE tenant_id = $1 AND action LIKE $2 ORDER BY id`,
    [clinic.tenantId, like],
  );

describe('a reply to the reminder of an appointment', () => {
  it('is sent to webhooks without its words', async () => {
    const clinic = await aClinic();
    const endpointId = uuidV7(Date.now());
    const at = clinic.clock.now().toISO();
    const added = { id: endpointId, url: 'https://agenda.example.fr/', events: [], description: null };
    await clinic.within((tx) => addEndpoint(tx, clinic.deps.keys, { ...added, secret: 'whsec_', at }));
    const practice = {
      externalId: 'P-12',
      name: 'Cabinet des Tilleuls',
      displayName: 'Cabinet des Tilleuls',
      phone: '01 42 68 53 00',
      address: '12 rue des Tilleuls',
    };
    await clinic.within((tx) => putPractice(tx, clinic.deps, practice));
    const { phone, seriesId } = await reminded(clinic, { practice: 'P-12' });
    await hears(clinic, phone, 'je serai en retard');
    const payloads = await clinic.within(async (tx) =>
      payloadsOf(tx, clinic.deps.keys, await deliveriesOf(tx, endpointId, { limit: 500 })),
    );
    const events = payloads.filter(({ type }) => type === 'reply.received');
    expect(events.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        said: 'other',
        unclear: false,
        seriesId,
        campaignId: null,
        source: 'default',
        practice: 'P-12',
      }),
    ]);
    expect(events[0]?.data['replyId']).toBeTypeOf('string');
    expect(JSON.stringify(events)).not.toMatch(/retard|39 98/);
  });

  it('is read only by the booking’s system', async () => {
    const clinic = await aClinic();
    const { phone, seriesId } = await reminded(clinic);
    await hears(clinic, phone, 'je serai en retard');
    const read = (source: string) => clinic.within((tx) => repliesOf(tx, { limit: 10, source }));
    expect((await read('default')).map((one) => one.seriesId)).toEqual([seriesId]);
    expect(await read('another')).toEqual([]);
  });

  it('OUI confirms once, and reminders go on', async () => {
    const clinic = await aClinic();
    const { phone, seriesId } = await reminded(clinic, { reminders: [{ offset: 'P2D' }, { offset: 'P1D' }] });
    const identity = randomUUID();
    await hears(clinic, phone, 'Oui merci', identity);
    await hears(clinic, phone, 'Oui merci', identity);
    await hears(clinic, phone, '1');
    const { confirmedAt, steps } = await clinic.view(seriesId);
    expect(confirmedAt).toMatch(/^2027-03-01T17:00:/);
    expect(steps.map(({ step, state }) => [step, state])).toContainEqual(['P1D', 'planned']);
    expect(await told(clinic, 'appointment.%')).toEqual([
      expect.objectContaining({ action: 'appointment.booked' }),
      {
        action: 'appointment.confirmed',
        actor: 'person',
        subject: seriesId,
        details: { replyId: expect.any(String) },
      },
    ]);
  });

  it('OUI suffices where the tenant says so', async () => {
    const clinic = await aClinic({ settings: { confirmationSkips: true } });
    const { phone, seriesId } = await reminded(clinic, { reminders: [{ offset: 'P2D' }, { offset: 'P1D' }] });
    await hears(clinic, phone, 'OUI');
    const { steps } = await clinic.view(seriesId);
    expect(steps.find(({ step }) => step === 'P1D')).toMatchObject({
      state: 'skipped',
      because: { code: 'CONFIRMED' },
    });
  });

  it('ANNULER is reported once, the series continues', async () => {
    const clinic = await aClinic();
    const { phone, seriesId } = await reminded(clinic, {
      externalId: 'A-7',
      reminders: [{ offset: 'P2D' }, { offset: 'P1D' }],
    });
    await hears(clinic, phone, 'ANNULER');
    await hears(clinic, phone, '2');
    const asked = await clinic.view(seriesId);
    expect(asked).toMatchObject({
      state: 'open',
      cancellationRequestedAt: expect.stringMatching(/^2027-03-01/),
    });
    expect(await told(clinic, 'appointment.cancellation-requested')).toEqual([
      {
        action: 'appointment.cancellation-requested',
        actor: 'system',
        subject: seriesId,
        details: { revision: 1 },
      },
    ]);
    await clinic.cancel('A-7');
    expect((await clinic.view(seriesId)).state).toBe('cancelled');
    await hears(clinic, phone, '2');
    expect(await told(clinic, 'appointment.cancellation-requested')).toHaveLength(1);
  });

  it('counts for a new date once announced', async () => {
    const clinic = await aClinic();
    const { phone, seriesId } = await reminded(clinic, { externalId: 'A-8' });
    await clinic.book({
      externalId: 'A-8',
      contact: { phone, firstName: 'A', lastName: 'B' },
      startsAt: '2027-03-10T11:30',
    });
    await hears(clinic, phone, 'OUI');
    expect((await clinic.view(seriesId)).confirmedAt).toBeNull();
    expect(await told(clinic, 'appointment.reply-unclear')).toMatchObject([
      { details: { said: 'confirm', series: [seriesId] } },
    ]);
    await clinic.conduct(seriesId, '2027-03-02T12:00:00+01:00');
    await hears(clinic, phone, 'OUI');
    expect((await clinic.view(seriesId)).confirmedAt).toMatch(/^2027-03-02/);
  });

  it('needs a person for two bookings per number', async () => {
    const clinic = await aClinic();
    const phone = aNumber();
    const of = (firstName: string) =>
      clinic.book({ contact: { phone, firstName, lastName: 'Hebert' }, externalId: firstName });
    const [one, other] = [await of('Agnès'), await of('Louis')];
    await clinic.conduct(one.series.id, '2027-03-01T18:00:00+01:00');
    await clinic.conduct(other.series.id, '2027-03-01T18:00:01+01:00');
    await hears(clinic, phone, 'OUI');
    await hears(clinic, phone, 'ANNULER');
    for (const { series } of [one, other])
      expect(await clinic.view(series.id)).toMatchObject({
        confirmedAt: null,
        cancellationRequestedAt: null,
      });
    const unclear = await told(clinic, 'appointment.reply-unclear');
    expect(unclear.map(({ details }) => (details as { said: string }).said)).toEqual(['confirm', 'cancel']);
    expect(JSON.stringify(unclear)).not.toContain(phone.slice(6));
  });

  it('after the appointment is only kept', async () => {
    const clinic = await aClinic();
    const { phone, seriesId } = await reminded(clinic);
    clinic.clock.startAt('2027-03-03T15:15:00+01:00');
    await hears(clinic, phone, 'OUI');
    await hears(clinic, phone, 'ANNULER');
    expect(await clinic.view(seriesId)).toMatchObject({ confirmedAt: null, cancellationRequestedAt: null });
    expect(
      await clinic.query('SELECT reading FROM reply WHERE tenant_id = $1', [clinic.tenantId]),
    ).toHaveLength(2);
    expect(await told(clinic, 'appointment.reply-unclear')).toEqual([]);
  });

  it('is only kept where the tenant wants that', async () => {
    const clinic = await aClinic({ settings: { appointmentReplies: false } });
    const { phone, seriesId } = await reminded(clinic);
    await hears(clinic, phone, 'OUI');
    expect((await clinic.view(seriesId)).confirmedAt).toBeNull();
  });
});

const row = (more: Partial<Reminded> = {}): Reminded => ({
  sender: 'TILLEULS',
  seriesId: 'a',
  current: true,
  ahead: true,
  asked: false,
  askedNow: false,
  ...more,
});
const advertising = row({ seriesId: null, current: false, ahead: false });

describe('the appointment that a reply means', () => {
  it.each([
    ['is the one reminded of', [row()], 'one'],
    ['is none when nothing was sent', [], 'none'],
    ['is none once it is over', [row({ ahead: false })], 'none'],
    ['is the one of the sender answered', [row({ sender: 'PLAGE', seriesId: 'b' }), row()], 'one'],
    ['is in doubt among two', [row(), row({ seriesId: 'b' })], 'doubtful'],
    ['is in doubt when something else came since', [advertising, row()], 'doubtful'],
    ['is in doubt when it moved since', [row({ current: false })], 'doubtful'],
  ])('%s', (_title, read, kind) => {
    expect(answerMeant(read, { said: 'confirm', to: 'TILLEULS', doubtful: false }).kind).toBe(kind);
  });

  it('is cancelled even if its date is unread', () => {
    expect(
      answerMeant([row({ current: false })], { said: 'cancel', to: undefined, doubtful: false }).kind,
    ).toBe('one');
  });
});
