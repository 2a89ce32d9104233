import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../src/base/random.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { answerMeant } from '../../../src/reminders/series/series-order.ts';
import type { AppointmentGiven } from '../../../src/reminders/booking/bookings.ts';
import { confirmBooking } from '../../../src/reminders/booking/appointment-order.ts';
import type { Reminded } from '../../../src/reminders/steps/step.repository.ts';
import { ANSWERS_ASKED } from '../../../src/sms/text/stop-mention.ts';
import { aClinic, aNumber, type Clinic } from './clinic.ts';

const TEXT = '{practice} : rappel de votre rendez-vous {weekday} {date} à {time}. {answers} {stop}';
const PLAN = [{ offset: 'P2D' }, { offset: 'P1D' }];
const MONDAY = '2027-03-01T18:00:00+01:00';

const clinic = await aClinic({ settings: { texts: { appointment: TEXT } } });

interface Asked {
  readonly phone: string;
  readonly seriesId: string;
  readonly externalId: string;
}

/** Makes a person whose reminder on Monday asked whether they come on Wednesday. */
async function asked(more: Partial<AppointmentGiven> = {}, from: Clinic = clinic): Promise<Asked> {
  from.clock.startAt('2027-02-01T09:00:00+01:00');
  const contact = more.contact ?? { phone: aNumber(), firstName: 'A', lastName: 'B' };
  const externalId = more.externalId ?? randomUUID();
  const { series } = await from.book({ contact, externalId, reminders: PLAN, ...more });
  await from.conduct(series.id, MONDAY);
  return { phone: contact.phone, seriesId: series.id, externalId };
}

const e164 = (phone: string): string => `+33${phone.replaceAll(' ', '').slice(1)}`;

/** Takes a reply received at an instant; returns its id. */
async function hears(phone: string, text: string, at?: string, from: Clinic = clinic): Promise<string> {
  const [account] = await from.query('SELECT id FROM gateway_account');
  const { vault, database, clock } = from;
  const newId = () => uuidV7(Date.now());
  const event = { kind: 'reply', identity: randomUUID(), from: e164(phone), text } as const;
  const told = { event, id: newId(), receivedAt: at ?? clock.now().toISO(), simulated: true };
  await takeReply(
    { database, vault, clock, newId },
    { id: String(account?.['id']), acknowledgesStop: true },
    told,
  );
  return told.id;
}

const told = (seriesId: string, action: string) =>
  clinic.query(
    'SELECT actor, details FROM audit_entry WHERE action = $2 AND (subject = $1 OR details::text LIKE $3) ORDER BY id',
    [seriesId, action, `%${seriesId}%`],
  );

const textsTo = async (phone: string, from: Clinic = clinic): Promise<string[]> =>
  (await from.received()).filter(({ to }) => e164(phone) === to).map(({ text }) => text);

const stands = async (seriesId: string): Promise<'confirmed' | 'declined' | 'nothing'> => {
  const { confirmedAt, declinedAt } = await clinic.view(seriesId);
  if (confirmedAt !== null && declinedAt !== null) throw new Error('both at once');
  if (confirmedAt !== null) return 'confirmed';
  return declinedAt === null ? 'nothing' : 'declined';
};

describe('a reminder whose text asks', () => {
  it.each([
    ['OUI', 'confirmed'],
    ['1', 'confirmed'],
    ['oui merci', 'confirmed'],
    ['NON', 'declined'],
    ['2', 'declined'],
    ['Non, désolé', 'declined'],
    ['ANNULER', 'declined'],
    ['I can’t come', 'declined'],
  ] as const)('is answered by %j', async (text, expected) => {
    const { phone, seriesId } = await asked();
    const replyId = await hears(phone, text);
    expect(await stands(seriesId)).toBe(expected);
    expect(await clinic.view(seriesId)).toMatchObject({
      state: 'open',
      answerReplyId: replyId,
      unclearAt: null,
    });
    expect(await told(seriesId, `appointment.${expected}`)).toEqual([
      { actor: 'person', details: { replyId } },
    ]);
  });

  it('asks in the company’s language, one part', async () => {
    const { phone } = await asked();
    expect((await textsTo(phone))[0]).toContain(ANSWERS_ASKED.fr);
  });

  it.each(['ok', 'oui mais plus tard', 'oui ou non', '12', '👍', 'je serai en retard'])(
    'needs a person after %j',
    async (text) => {
      const { phone, seriesId } = await asked();
      const replyId = await hears(phone, text);
      expect(await stands(seriesId)).toBe('nothing');
      expect(await clinic.view(seriesId)).toMatchObject({ unclearReplyId: replyId });
      expect(await told(seriesId, 'appointment.reply-unclear')).toHaveLength(1);
    },
  );

  it.each(['STOP', 'OUI STOP', 'non, arrêtez', 'NON. STOP', 'oui\nSTOP'])(
    'decides nothing on %j, an opt-out',
    async (text) => {
      const { phone, seriesId } = await asked();
      await hears(phone, text);
      expect(await stands(seriesId)).toBe('nothing');
      const [reply] = await clinic.query('SELECT reading FROM reply ORDER BY inbound_id DESC LIMIT 1');
      expect(['stop', 'objection']).toContain(reply?.['reading']);
    },
  );

  it('follows the latest answer', async () => {
    const { phone, seriesId } = await asked();
    const at = (minute: string) => `2027-03-01T18:${minute}:00.000+01:00`;
    await hears(phone, 'OUI', at('10'));
    const last = await hears(phone, 'NON', at('20'));
    expect(await stands(seriesId)).toBe('declined');
    expect(await told(seriesId, 'appointment.declined')).toEqual([
      { actor: 'person', details: { replyId: last, before: 'confirmed' } },
    ]);
    await hears(phone, 'OUI', at('15'));
    expect(await clinic.view(seriesId)).toMatchObject({ answerReplyId: last, confirmedAt: null });
    await hears(phone, 'NON', at('25'));
    expect(await told(seriesId, 'appointment.declined')).toHaveLength(1);
    await hears(phone, 'OUI', at('30'));
    expect(await stands(seriesId)).toBe('confirmed');
  });

  it('asks once, and reminds again without asking', async () => {
    const { phone, seriesId } = await asked();
    await hears(phone, 'NON');
    await clinic.conduct(seriesId, '2027-03-02T18:00:00+01:00');
    const texts = await textsTo(phone);
    expect(texts).toHaveLength(2);
    expect(texts[1]).toMatch(/15h15\. (?!Répondez OUI)/);
    expect(texts[1]).toContain('STOP');
  });

  it('ends its other reminders where configured', async () => {
    const { phone, seriesId } = await asked({ onDecline: 'cancel' });
    await hears(phone, 'NON');
    const { state, steps } = await clinic.view(seriesId);
    expect(state).toBe('open');
    expect(steps.find(({ step }) => step === 'P1D')).toMatchObject({
      state: 'skipped',
      because: { code: 'DECLINED' },
    });
    await hears(phone, 'OUI');
    expect((await clinic.view(seriesId)).steps.find(({ step }) => step === 'P1D')).toMatchObject({
      state: 'planned',
    });
    await hears(phone, 'NON');
    await clinic.conduct(seriesId, '2027-03-02T18:00:00+01:00');
    expect(await textsTo(phone)).toHaveLength(1);
  });

  it('is not answered for a changed date', async () => {
    const { phone, seriesId, externalId } = await asked();
    const contact = { phone, firstName: 'A', lastName: 'B' };
    await clinic.book({ externalId, contact, reminders: PLAN, startsAt: '2027-03-10T11:30' });
    await clinic.conduct(seriesId, '2027-03-02T12:00:00+01:00');
    await hears(phone, 'NON');
    expect(await stands(seriesId)).toBe('nothing');
    expect(await told(seriesId, 'appointment.reply-unclear')).toHaveLength(1);
    await clinic.conduct(seriesId, '2027-03-08T18:00:00+01:00');
    await hears(phone, 'NON');
    expect(await stands(seriesId)).toBe('declined');
  });

  it('asks anew once it moved after an answer', async () => {
    const { phone, seriesId, externalId } = await asked();
    await hears(phone, 'OUI');
    await clinic.book({
      externalId,
      contact: { phone, firstName: 'A', lastName: 'B' },
      reminders: PLAN,
      startsAt: '2027-03-10T11:30',
    });
    expect(await clinic.view(seriesId)).toMatchObject({ confirmedAt: null, answerReplyId: null });
    await clinic.conduct(seriesId, '2027-03-08T18:00:00+01:00');
    expect((await textsTo(phone)).at(-1)).toContain(ANSWERS_ASKED.fr);
  });

  it('decides nothing among two bookings of one number', async () => {
    const phone = aNumber();
    const of = (firstName: string) =>
      asked({ contact: { phone, firstName, lastName: 'Hebert' }, externalId: randomUUID() });
    const [one, other] = [await of('Agnès'), await of('Louis')];
    for (const text of ['OUI', 'NON', '2', 'ok']) await hears(phone, text);
    for (const { seriesId } of [one, other]) {
      expect(await stands(seriesId)).toBe('nothing');
      expect((await clinic.view(seriesId)).unclearAt).not.toBeNull();
      expect(await told(seriesId, 'appointment.reply-unclear')).toHaveLength(4);
    }
  });

  it('is answered too late after its hour', async () => {
    const { phone, seriesId } = await asked();
    clinic.clock.startAt('2027-03-03T15:15:00+01:00');
    for (const text of ['OUI', 'NON', 'ok']) await hears(phone, text);
    expect(await stands(seriesId)).toBe('nothing');
    expect(await told(seriesId, 'appointment.reply-unclear')).toEqual([]);
  });

  it('is not answered once its booking is cancelled', async () => {
    const { phone, seriesId, externalId } = await asked();
    await clinic.cancel(externalId);
    await hears(phone, 'NON');
    expect(await clinic.view(seriesId)).toMatchObject({ state: 'cancelled', declinedAt: null });
  });

  it('needs nobody for thanks after an answer', async () => {
    const { phone, seriesId } = await asked();
    await hears(phone, 'OUI');
    await hears(phone, 'Merci, bonne journée');
    expect((await clinic.view(seriesId)).unclearAt).toBeNull();
  });

  it('needs nobody once the back office confirmed', async () => {
    const { phone, seriesId, externalId } = await asked();
    await hears(phone, 'ok');
    const booking = { kind: 'appointment' as const, source: 'default', externalId, actor: 'key:test' };
    await clinic.within((tx) => confirmBooking(tx, clinic.deps, booking));
    expect(await clinic.view(seriesId)).toMatchObject({ unclearAt: null, answerReplyId: null });
    expect(await stands(seriesId)).toBe('confirmed');
  });
});

describe('a question whose answer cannot be received', () => {
  it('is refused when booked', async () => {
    const deaf = await aClinic({ deaf: true });
    await expect(deaf.book({ text: TEXT })).rejects.toMatchObject({ code: 'ANSWERS_IMPOSSIBLE' });
    await deaf.query('UPDATE tenant SET settings = $1', [{ texts: { appointment: TEXT } }]);
    await expect(deaf.book()).rejects.toMatchObject({ code: 'ANSWERS_IMPOSSIBLE' });
    await expect(deaf.book({ text: TEXT.replace('{answers} ', '') })).resolves.toMatchObject({
      outcome: 'created',
    });
  });

  it('waits until it asks for no answer', async () => {
    const settings = { texts: { appointment: TEXT } };
    const deaf = await aClinic({ settings, hearsNoMore: true });
    const { series } = await deaf.book();
    deaf.clock.startAt(MONDAY);
    const plan = await deaf.sendOnce(series.id);
    expect(plan).toMatchObject({ kind: 'wait', state: 'parked', because: { code: 'ANSWERS_IMPOSSIBLE' } });
    expect(await deaf.received()).toEqual([]);
    expect((await deaf.view(series.id, 'en')).waitingFor?.text).toMatch(/asks for an answer/);
    expect((await deaf.view(series.id)).waitingFor?.text).toMatch(/demande une réponse/);
    await deaf.query(`UPDATE tenant SET settings = '{}'`);
    await deaf.conduct(series.id, MONDAY);
    expect(await deaf.received()).toHaveLength(1);
  });
});

const row: fc.Arbitrary<Reminded> = fc.record({
  sender: fc.constantFrom('TILLEULS', 'PLAGE'),
  seriesId: fc.constantFrom('a', 'b', 'c', null),
  current: fc.boolean(),
  ahead: fc.boolean(),
  asked: fc.boolean(),
  askedNow: fc.boolean(),
});

describe('a NON', () => {
  it('never means any other booking', () => {
    const to = fc.constantFrom('TILLEULS', 'PLAGE', undefined);
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ seriesId }) => seriesId }),
        to,
        fc.boolean(),
        (rows, sender, doubtful) => {
          const meant = answerMeant(rows, { said: 'decline', to: sender, doubtful });
          if (meant.kind !== 'one') return;
          const read = rows.filter((one) => one.sender === sender);
          const seen = read.length > 0 ? read : rows;
          expect(doubtful).toBe(false);
          expect(seen[0]).toMatchObject({ seriesId: meant.seriesId, ahead: true, askedNow: true });
          expect(seen.filter(({ ahead, seriesId }) => ahead && seriesId !== null)).toHaveLength(1);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
