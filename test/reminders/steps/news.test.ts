import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { retireNumbers } from '../../../src/people/contact/contact.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { keepAllReceipts, matchReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { stepNews, type Step } from '../../../src/reminders/steps/step.ts';
import { deliveriesOf } from '../../../src/operations/webhooks/webhook.repository.ts';
import { addEndpoint } from '../../../src/company/webhooks/webhook-endpoint.repository.ts';
import { payloadsOf } from '../../../src/operations/webhooks/webhook-payload.ts';
import { aClinic } from '../series/clinic.ts';

const PHONE = '06 39 98 00 77';
const CANARIES = ['639980077', '0639980077', '39 98 00 77', 'Agnès', 'Hebert', 'Tilleuls', '12 rue'];
const endpointId = uuidV7(Date.now());

const clinic = await aClinic();
const at = clinic.clock.now().toISO();
const added = { id: endpointId, url: 'https://agenda.example.fr/', events: [], description: null };
await clinic.within((tx) => addEndpoint(tx, clinic.deps.keys, { ...added, secret: 'whsec_', at }));

const told = (): ReturnType<typeof payloadsOf> =>
  clinic.within(async (tx) =>
    payloadsOf(tx, clinic.deps.keys, await deliveriesOf(tx, endpointId, { limit: 500 })),
  );

const of = async (type: string) => (await told()).filter((payload) => payload.type === type);

const newsOf = async (type: string, externalId: string) =>
  (await of(type)).map(({ data }) => data).filter((data) => data['externalId'] === externalId);

const contact = { phone: PHONE, firstName: 'Agnès', lastName: 'Hebert' };
const newId = () => uuidV7(Date.now());

async function hears(text: string): Promise<void> {
  const [account] = await clinic.query('SELECT id FROM gateway_account');
  const { database, vault, clock } = clinic;
  const event = { kind: 'reply', identity: randomUUID(), from: '+33639980077', text } as const;
  const reply = { event, id: newId(), receivedAt: clock.now().toISO(), simulated: true };
  await takeReply(
    { database, vault, clock, newId },
    { id: String(account?.['id']), acknowledgesStop: true },
    reply,
  );
}

/** Sends somebody's reminders one after the other, each with its receipt. */
async function thePersonMissing(phone: string) {
  const [account] = await clinic.query('SELECT id FROM gateway_account');
  const { database, vault, clock } = clinic;
  const person = { phone, firstName: 'Iris', lastName: 'Martin' };
  const undelivered = async (externalId: string, state: string) => {
    const startsAt = clock.now().setZone('Europe/Paris').plus({ days: 10 }).set({ hour: 11, minute: 0 });
    const { series } = await clinic.book({
      externalId,
      contact: person,
      startsAt: startsAt.toFormat("yyyy-MM-dd'T'HH:mm"),
    });
    await clinic.conduct(series.id, startsAt.toISO() ?? '');
    const reference = (await clinic.view(series.id)).steps.find((one) => one.state === 'sent')?.messageId;
    const receipt = { kind: 'receipt', identity: randomUUID(), reference, state, code: 'ABSENT' };
    await keepAllReceipts({ database, vault, clock, newId }, String(account?.['id']), [receipt as never]);
    await matchReceipts({ database, vault, clock, newId });
    return (await of('reminder.undelivered')).find(({ data }) => data['externalId'] === externalId)?.data;
  };
  return { contact: person, told: undelivered };
}

describe('what the back office is told by webhook', () => {
  it('is what left, and whom to phone', async () => {
    const { series } = await clinic.book({ externalId: 'RDV-77', contact, source: 'agenda' });
    await clinic.conduct(series.id, '2027-03-01T18:00:00+01:00');
    await hears('OUI');
    await hears('ANNULER');
    await clinic.book({ externalId: 'RDV-76', contact, source: 'agenda', startsAt: '2027-04-07T15:15' });
    await hears('STOP');
    const same = {
      seriesId: series.id,
      kind: 'appointment',
      externalId: 'RDV-77',
      practice: null,
      source: 'agenda',
      contactId: series.contactId,
      phone: '+336••••••77',
      revision: 1,
      eventAt: '2027-03-03T15:15:00+01:00',
    };
    expect((await of('reminder.sent')).map(({ data }) => data)).toEqual([
      { ...same, step: 'P2D', state: 'sent', messageId: expect.stringMatching(/^msg_/) },
    ]);
    expect((await of('appointment.confirmed')).map(({ data }) => data)).toEqual([
      { ...same, by: 'person', replyId: expect.any(String) },
    ]);
    expect((await of('appointment.cancellation-requested')).map(({ data }) => data)).toEqual([
      { ...same, by: 'system' },
    ]);
    expect((await of('consent.withdrawn')).map(({ data }) => data)).toEqual([
      expect.objectContaining({
        contactId: series.contactId,
        phone: '+336••••••77',
        channel: 'sms',
        revision: expect.any(Number),
      }),
    ]);
    expect(await of('consent.withdrawn')).toMatchObject([
      { data: { endedSeries: [{ externalId: 'RDV-76', source: 'agenda' }] } },
    ]);
    const [clear] = await clinic.query(`SELECT string_agg(about::text, '') AS all FROM webhook_delivery`);
    const shown = JSON.stringify(await told()) + String(clear?.['all']);
    for (const canary of CANARIES) expect(shown).not.toContain(canary);
  });

  it('is an undelivered reminder and a retired number', async () => {
    const other = { phone: '06 39 98 00 78', firstName: 'Louis', lastName: 'Petit' };
    const { series } = await clinic.book({
      externalId: 'RDV-78',
      contact: other,
      startsAt: '2027-03-05T15:15',
    });
    await clinic.book({ externalId: 'RDV-79', contact: other, startsAt: '2027-03-25T15:15' });
    await clinic.conduct(series.id, '2027-03-03T18:00:00+01:00');
    const { database, vault, clock } = clinic;
    const [account] = await clinic.query('SELECT id FROM gateway_account');
    const { steps } = await clinic.view(series.id);
    const reference = steps.find(({ state }) => state === 'sent')?.messageId ?? '';
    const identity = randomUUID();
    const receipt = {
      kind: 'receipt',
      identity,
      reference,
      to: '+33639980078',
      state: 'UNDELIVERED',
      code: 'ABSENT',
    };
    const receiving = { database, vault, clock, newId };
    for (const again of [identity, randomUUID()]) {
      await keepAllReceipts(receiving, String(account?.['id']), [{ ...receipt, identity: again } as never]);
      await matchReceipts(receiving);
    }
    expect((await of('reminder.undelivered')).map(({ data }) => data)).toMatchObject([
      { externalId: 'RDV-78', step: 'P2D', code: 'ABSENT', messageId: reference },
    ]);
    const when = { at: clock.now().toISO(), machineMs: clock.machine() };
    await clinic.within((tx) =>
      retireNumbers(tx, { batchId: series.batchId, seqs: [1_000, 1_001], why: 'unknown-subscriber', when }),
    );
    expect((await of('contact.number-retired')).map(({ data }) => data)).toMatchObject([
      {
        contactId: series.contactId,
        why: 'unknown-subscriber',
        openSeries: [{ externalId: 'RDV-79' }],
      },
    ]);
  });

  it('counts undelivered reminders, then what becomes of series', async () => {
    const missing = await thePersonMissing('06 39 98 00 81');
    expect(await missing.told('RDV-M1', 'UNDELIVERED')).toMatchObject({ inARow: 1 });
    expect(await missing.told('RDV-M2', 'UNDELIVERED')).toMatchObject({ inARow: 2, series: 'goes-on' });
    expect(await missing.told('RDV-M3', 'DELIVERED')).toBeUndefined();
    expect(await missing.told('RDV-M4', 'UNDELIVERED')).toMatchObject({ inARow: 1 });
    await clinic.query(`UPDATE tenant SET settings = '{"undeliveredTwice":"paused"}'`);
    const later = await clinic.book({
      externalId: 'RDV-LATER',
      contact: missing.contact,
      startsAt: '2028-03-01T10:00',
    });
    expect(await missing.told('RDV-M5', 'UNDELIVERED')).toMatchObject({ inARow: 2, series: 'paused' });
    expect(await clinic.view(later.series.id)).toMatchObject({ state: 'paused' });
    await clinic.query(`UPDATE contact SET number_since = $1 WHERE id = $2`, [
      clinic.clock.now().toISO(),
      later.series.contactId,
    ]);
    expect(await missing.told('RDV-M6', 'UNDELIVERED')).toMatchObject({ inARow: 1 });
  });

  it('names whom to phone about a cancellation', async () => {
    const day = clinic.clock.now().setZone('Europe/Paris').plus({ weeks: 2 }).set({ weekday: 3 });
    const startsAt = day.set({ hour: 8, minute: 15, second: 0, millisecond: 0 });
    const { series } = await clinic.book({
      externalId: 'RDV-80',
      contact: { phone: '06 39 98 00 80', firstName: 'Zoé', lastName: 'Bernard' },
      startsAt: startsAt.toFormat("yyyy-MM-dd'T'HH:mm"),
    });
    await clinic.conduct(series.id, startsAt.minus({ days: 1 }).set({ hour: 19, minute: 59 }).toISO() ?? '');
    await clinic.cancel('RDV-80');
    await clinic.cancel('RDV-80');
    await clinic.conduct(series.id, startsAt.plus({ hours: 1 }).toISO() ?? '');
    expect(await newsOf('reminder.correction-impossible', 'RDV-80')).toEqual([
      {
        seriesId: series.id,
        kind: 'appointment',
        externalId: 'RDV-80',
        practice: null,
        source: 'default',
        contactId: series.contactId,
        phone: '+336••••••80',
        revision: 1,
        eventAt: startsAt.toISO({ suppressMilliseconds: true }),
        step: 'cancelled',
        code: 'LATE_BOOKING',
        by: 'system',
      },
    ]);
    const ends = await newsOf('series.ended', 'RDV-80');
    // All its reminders had left: it had ended before it was cancelled, and ends once.
    expect(ends.map(({ state, by, phone }) => [state, by, phone].join(' '))).toEqual([
      'completed system +336••••••80',
    ]);
  });

  it('is one end, however often ordered', async () => {
    const { series } = await clinic.book({
      externalId: 'RDV-81',
      contact: { phone: '06 39 98 00 81', firstName: 'Eva', lastName: 'Roy' },
      startsAt: '2029-02-27T10:00',
    });
    await clinic.cancel('RDV-81');
    await clinic.cancel('RDV-81');
    await clinic.conduct(series.id, '2029-02-28T10:00:00+01:00');
    expect(await newsOf('series.ended', 'RDV-81')).toMatchObject([{ state: 'cancelled', by: 'key:test' }]);
  });

  it('is that a booking became somebody else’s', async () => {
    const booking = { externalId: 'RDV-83', startsAt: '2029-03-07T10:00' };
    await clinic.book({
      ...booking,
      contact: { phone: '06 39 98 00 83', firstName: 'Ana', lastName: 'Diaz' },
    });
    await clinic.book({
      ...booking,
      contact: { phone: '06 39 98 00 84', firstName: 'Léo', lastName: 'Petit' },
      replaceContact: true,
    });
    expect(await newsOf('series.ended', 'RDV-83')).toMatchObject([
      { state: 'superseded', phone: '+336••••••83' },
    ]);
  });

  it('is silent about a finished booking’s new owner', async () => {
    const booking = { externalId: 'RDV-85', startsAt: '2029-03-14T10:00' };
    const { series } = await clinic.book({
      ...booking,
      contact: { phone: '06 39 98 00 85', firstName: 'Ana', lastName: 'Diaz' },
    });
    await clinic.conduct(series.id, '2029-03-13T18:00:00+01:00');
    await clinic.book({
      ...booking,
      contact: { phone: '06 39 98 00 86', firstName: 'Léo', lastName: 'Petit' },
      replaceContact: true,
    });
    expect((await newsOf('series.ended', 'RDV-85')).map(({ state }) => state)).toEqual(['completed']);
  });

  it('names nobody once the person is erased', async () => {
    await clinic.query('DELETE FROM contact_key');
    const shown = await told();
    expect(shown.length).toBeGreaterThan(4);
    expect(JSON.stringify(shown)).not.toMatch(/RDV-|\+336/);
  });
});

const step = (more: Partial<Step>): Step => ({
  revision: 1,
  position: 0,
  step: 'P2D',
  facts: '',
  eventAt: '2027-03-03T14:15:00.000Z',
  wantedAt: '2027-03-01T14:15:00.000Z',
  plannedAt: null,
  state: 'planned',
  code: null,
  because: null,
  since: '2027-02-01T08:00:00.000Z',
  message: null,
  ...more,
});

describe('a step', () => {
  it.each([
    ['sent', 'reminder.sent'],
    ['skipped', 'reminder.skipped'],
    ['failed', 'reminder.skipped'],
    ['expired', 'reminder.skipped'],
    ['uncertain', 'message.uncertain'],
    ['cancelled', undefined],
    ['planned', undefined],
  ] as const)('that became %s is reported once', (state, type) => {
    const series = { id: 's', batchId: randomUUID() };
    const changed = [step({ state })];
    expect(
      stepNews({ series, before: [step({ state: 'planned' })], changed }).map((news) => news.type),
    ).toEqual(type === undefined ? [] : [type]);
    expect(stepNews({ series, before: changed, changed })).toEqual([]);
  });
});
