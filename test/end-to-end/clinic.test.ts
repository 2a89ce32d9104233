import { readFile, rm } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases, NIGHT } from '../support/cases.ts';
import { anInstance, until, type Answer, type Instance } from '../support/instance.ts';

const CLINIC = new URL('../../samples/clinic-appointments.json', import.meta.url);
/** One row of the sample in so many: each costs a workflow that lives through every test. */
const EACH = cases(8, 1);

interface Booking {
  readonly externalId: string;
  readonly contact: { readonly phone: string };
  readonly startsAt: string;
  readonly timeZone: string;
  readonly consent: object | null;
}

interface Step {
  readonly step: string;
  readonly plannedAt?: string;
  readonly state: string;
}

let instance: Instance;
let bookings: Booking[];

beforeAll(async () => {
  const exported = JSON.parse(await readFile(CLINIC, 'utf8')) as Booking[];
  bookings = exported.filter((_row, turn) => turn % EACH === 0);
  instance = await anInstance();
  await instance.moveClock('2026-12-01T09:00:00+01:00');
  const patched = await instance.call('PATCH', '/v1/tenant', {
    sector: 'health',
    legalName: 'SCM des Tilleuls',
    contact: { phone: '01 42 68 53 00' },
    sender: 'TILLEULS',
  });
  if (patched.status !== 200) throw new Error(JSON.stringify(patched.body));
  const made = await instance.call('PUT', '/v1/practices/tilleuls', {
    name: 'Cabinet des Tilleuls',
    displayName: 'Cabinet des Tilleuls',
    phone: '01 42 68 53 00',
    address: '12 rue des Tilleuls',
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
});

afterAll(async () => {
  await instance.stop();
});

const book = (booking: { readonly externalId: string; readonly startsAt: string }) =>
  instance.call('PUT', `/v1/appointments/${booking.externalId}`, booking);
const stepsOf = (body: Record<string, unknown>) => body['steps'] as Step[];
/** What an operator reads on the page of a series in Temporal's UI. */
async function pageOf(seriesId: string): Promise<string> {
  const { temporalAddress, temporalNamespace: namespace } = await instance.run();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const handle = new Client({ connection, namespace }).workflow.getHandle(`series/${seriesId}`);
    const shown = await handle
      .query<{ currentDetails: string }>('__temporal_workflow_metadata')
      .catch(() => ({ currentDetails: '' }));
    return shown.currentDetails;
  } finally {
    await connection.close();
  }
}
/** A patient of the practice that will close, on its day unless said otherwise. */
async function bookAtSaules({
  phone,
  ...more
}: {
  readonly phone: string;
  readonly startsAt?: string;
  readonly practice?: string;
  readonly consent?: null;
}): Promise<void> {
  const { status, body } = await instance.call('PUT', `/v1/appointments/SAULES-${phone}`, {
    contact: { phone },
    startsAt: '2026-12-17T10:00',
    timeZone: 'Europe/Paris',
    practice: 'Cabinet des Saules',
    consent: {
      method: 'paper',
      grantedAt: '2026-12-01T08:30',
      wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
    },
    ...more,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

/** Whom such words reached, each as often as they did. */
const told = async (words: string) =>
  (await instance.log())
    .filter(({ text, outcome }) => text.includes(words) && outcome === 'accepted')
    .map(({ to }) => to);
const textsTo = async (phone: string) =>
  (await instance.log()).filter(({ to }) => to === phone).map(({ text }) => text);

describe(`a practice and its ${400 / EACH} appointments`, { timeout: 240_000 }, () => {
  it('are all booked, and planned only with consent', async () => {
    const answers: Answer[] = [];
    for (const booking of bookings) answers.push(await book(booking));
    expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body)).toEqual([]);
    const without = bookings.flatMap((booking, at) =>
      booking.consent === null ? [answers[at]?.body['sendable']] : [],
    );
    expect(new Set(without)).toEqual(new Set([false]));
    const planned = answers.flatMap(({ body }, at) =>
      stepsOf(body)
        .filter(({ state }) => state === 'planned')
        .map((step) => ({ step, booking: bookings[at] })),
    );
    expect(planned.length).toBeGreaterThan(300 / EACH);
    const unlawful = planned.filter(({ step, booking }) => {
      const at = DateTime.fromISO(step.plannedAt ?? '', { setZone: true });
      const event = DateTime.fromISO(booking?.startsAt ?? '', { zone: booking?.timeZone ?? 'Europe/Paris' });
      return at >= event || at.hour < 8 || at.hour >= 20 || at.weekday === 7;
    });
    expect(unlawful).toEqual([]);
  });

  it('lead to one correction after a late move', async () => {
    const person = '+33639980001';
    const appointment = {
      externalId: 'AG-TEST-1',
      contact: { phone: person },
      startsAt: '2026-12-09T11:00',
      timeZone: 'Europe/Paris',
      practice: 'Cabinet des Tilleuls',
      consent: {
        method: 'paper',
        grantedAt: '2026-12-01T08:30',
        wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
        evidence: { documentRef: 'FICHE-1' },
      },
    };
    const booked = await book(appointment);
    expect(booked.status).toBe(201);
    const page = await until(
      () => pageOf(String(booked.body['seriesId'])),
      (details) => details.includes('En attente'),
    );
    expect(page).toContain('jusqu’au lundi 7 décembre 2026 à 11h00, heure de Paris');
    expect(page).not.toMatch(/\d{4}-\d\d-\d\dT/);
    await instance.moveClock('2026-12-07T11:00:30+01:00');
    await until(
      () => textsTo(person),
      (texts) => texts.length === 1,
    );
    const moved = await book({ ...appointment, startsAt: '2026-12-10T14:30' });
    expect(moved.status).toBe(200);
    expect(moved.body['revision']).toBe(2);
    await book({ ...appointment, startsAt: '2026-12-10T15:00' });
    await instance.moveClock('2026-12-07T11:20:00+01:00');
    const texts = await until(
      () => textsTo(person),
      (all) => all.length === 2,
    );
    expect(texts[1]).toContain('est déplacé au jeu. 10/12 à 15h00');
    await instance.moveClock('2026-12-07T15:00:00+01:00');
    await instance.rests();
    expect(await textsTo(person)).toHaveLength(2);
    expect(texts.join(' ')).not.toContain('demain');
  });

  it('end an open series after a STOP', async () => {
    const person = '+33639980001';
    expect(await instance.reply(person, 'STOP')).toMatchObject({ status: 200, body: { webhookStatus: 204 } });
    const series = await until(
      async () => (await instance.call('GET', '/v1/appointments/AG-TEST-1')).body,
      ({ state }) => state === 'stopped',
      30_000,
    );
    expect(stepsOf(series).filter(({ state }) => state === 'planned')).toEqual([]);
    const texts = await until(
      () => textsTo(person),
      (all) => all.length === 3,
    );
    expect(texts[2]).toBe(
      "Cabinet des Tilleuls : c'est noté, plus de rappels ni de publicité par SMS. Vos rendez-vous sont maintenus.",
    );
    await instance.moveClock('2026-12-10T13:00:00+01:00');
    await instance.rests();
    expect(await textsTo(person)).toHaveLength(3);
  });

  it('survive the deletion of Temporal’s database', NIGHT, async () => {
    const person = '+33639980002';
    const appointment = {
      externalId: 'AG-TEST-2',
      contact: { phone: person },
      startsAt: '2026-12-15T11:00',
      timeZone: 'Europe/Paris',
      practice: 'Cabinet des Tilleuls',
      consent: {
        method: 'paper',
        grantedAt: '2026-12-01T08:30',
        wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
      },
    };
    expect((await book(appointment)).status).toBe(201);
    const { temporalDatabase } = await instance.run();
    await instance.killAll();
    await rm(temporalDatabase, { recursive: true, force: true });
    await instance.start();
    await instance.moveClock('2026-12-13T11:00:00+01:00');
    await instance.moveClock('2026-12-14T08:00:30+01:00');
    await until(
      () => textsTo(person),
      (texts) => texts.length > 0,
      60_000,
    );
    await instance.rests();
    expect(await textsTo(person)).toHaveLength(1);
  });

  it('notify 38 patients of a closure once', NIGHT, async () => {
    await instance.moveClock('2026-12-14T09:00:00+01:00');
    await instance.call('PUT', '/v1/practices/saules', {
      name: 'Cabinet des Saules',
      phone: '04 78 00 00 01',
    });
    const patients = Array.from({ length: 38 }, (_, turn) => `+336399810${10 + turn}`);
    const others = {
      onAnotherDay: { phone: '+33639981050', startsAt: '2026-12-18T10:00' },
      elsewhere: { phone: '+33639981051', practice: 'Cabinet des Tilleuls' },
      calledOff: { phone: '+33639981052' },
      withoutConsent: { phone: '+33639981053', consent: null },
    };
    for (const [turn, phone] of patients.entries())
      await bookAtSaules({ phone, startsAt: `2026-12-17T${String(9 + (turn % 9)).padStart(2, '0')}:20` });
    for (const other of Object.values(others)) await bookAtSaules(other);
    await instance.call('DELETE', `/v1/appointments/SAULES-${others.calledOff.phone}`);
    // Everybody is reminded of it two days before.
    await instance.moveClock('2026-12-15T19:00:00+01:00');
    await until(
      () => told('rappel de votre rendez-vous'),
      (reminded) => patients.every((phone) => reminded.includes(phone)),
      150_000,
    );
    await instance.moveClock('2026-12-16T16:00:00+01:00');
    const made = await instance.call('POST', '/v1/campaigns', {
      name: 'Fermeture',
      purpose: 'appointment',
      text: '{practice} : le cabinet est fermé demain 17/12. Au besoin : {phone}. {stop}',
      audience: {
        series: {
          kind: 'appointment',
          practiceId: 'saules',
          eventFrom: '2026-12-17',
          eventTo: '2026-12-17',
        },
      },
      expireAt: '2026-12-16T20:00:00+01:00',
    });
    expect(made.status).toBe(201);
    const campaignId = String(made.body['id']);
    expect((await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {})).status).toBe(202);
    const { accounts } = await until(
      async () => (await instance.call('GET', `/v1/campaigns/${campaignId}`)).body,
      ({ status }) => status === 'finished',
      60_000,
    );
    expect(accounts).toMatchObject({ audience: 39, accepted: 38, excluded: { NO_BASIS: 1 } });
    await instance.moveClock('2026-12-17T12:00:00+01:00');
    await instance.rests();
    expect((await told('est fermé demain')).toSorted()).toEqual(patients);
    const late = (await instance.log()).filter(
      ({ text, lawAt }) =>
        text.includes('est fermé demain') && Date.parse(lawAt) >= Date.parse('2026-12-16T20:00:00+01:00'),
    );
    expect(late).toEqual([]);
  });

  it('runs beside another instance in another folder', NIGHT, async () => {
    const other = await anInstance();
    try {
      // A machine that had to start another one may have been late to say that it is well.
      for (const one of [instance, other])
        await until(
          () => one.call('GET', '/readyz'),
          ({ status }) => status === 200,
        );
      expect((await other.call('GET', '/v1/appointments/AG-TEST-2')).status).toBe(404);
    } finally {
      await other.stop();
    }
  });
});
