import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';
import { consent } from '../../../support/world.ts';

const { ask, admin, keyOf, logged, anotherTenant } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const scheduler = await keyOf('scheduler');
const put = (id: string, body: object, query = ''): Promise<Reply> =>
  ask('PUT', `/v1/appointments/${id}${query}`, { key: scheduler, body });

const booking = {
  contact: { phone: '06 39 98 00 01', firstName: 'Canari', lastName: 'Hebert' },
  startsAt: '2028-10-24T11:00',
  timeZone: 'Europe/Paris',
  practice: 'Cabinet des Tilleuls',
  place: '12 rue des Tilleuls',
  consent,
};

const list = async (query: string): Promise<string[]> =>
  (await ask('GET', `/v1/appointments${query}`, { key: scheduler })).body.items.map(
    (item: { externalId: string }) => item.externalId,
  );

const REFUSED = [
  ['without an hour', { startsAt: '2028-10-24' }, 400, 'INVALID_REQUEST', '/startsAt'],
  ['on a day that is none', { startsAt: '2028-02-30T10:00' }, 422, 'DATE_INVALID', undefined],
  [
    'at an hour that the zone contradicts',
    { startsAt: '2028-10-24T11:00+05:00' },
    422,
    'TIME_ZONE_CONTRADICTS',
    undefined,
  ],
  ['at an hour that clocks skip', { startsAt: '2028-03-26T02:30' }, 422, 'DATE_INVALID', '/startsAt'],
  ['in the past', { startsAt: '2026-01-12T09:00' }, 422, 'NOTHING_AHEAD', '/startsAt'],
  [
    'with 200 reminders',
    { reminders: Array.from({ length: 200 }, () => 'P2D') },
    400,
    'INVALID_REQUEST',
    '/reminders',
  ],
  [
    'for a contact and a contradicting number',
    { contactId: '018f0000-0000-7000-8000-000000000000' },
    400,
    'INVALID_REQUEST',
    '/contact',
  ],
  ['for a landline', { contact: { phone: '0142685300' } }, 422, 'NUMBER_NOT_MOBILE', undefined],
  ['for nobody', { contact: undefined }, 400, 'INVALID_REQUEST', '/contact'],
  ['with a field that is none', { colour: 'red' }, 400, 'INVALID_REQUEST', '/colour'],
  [
    'with a person’s field that is none',
    { contact: { ...booking.contact, shoeSize: 42 } },
    400,
    'INVALID_REQUEST',
    '/contact/shoeSize',
  ],
  ['with a reminder that is no span', { reminders: ['tomorrow'] }, 400, 'INVALID_REQUEST', '/reminders/0'],
  ['under another id', { externalId: 'A-7' }, 400, 'INVALID_REQUEST', '/externalId'],
  ['through an unknown account', { gateway: 'nobody' }, 422, 'GATEWAY_NOT_FOUND', '/gateway'],
  [
    'with advertising in its text',
    { text: 'Promo -20 % ! {practice} {date} {time} {stop}' },
    422,
    'CONTENT_REFUSED',
    undefined,
  ],
] as const;

describe('a booking', () => {
  it('is made once, its reminder planned lawfully', async () => {
    const [first, again] = [await put('A-1', booking), await put('A-1', booking)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(first.body).toMatchObject({ revision: 1, sendable: true, state: 'open', externalId: 'A-1' });
    // The 22nd is a Sunday.
    expect(first.body.steps).toMatchObject([
      { step: 'P2D', state: 'planned', plannedAt: '2028-10-21T11:00:00+02:00', because: { code: 'SUNDAY' } },
    ]);
    expect(again.body).toEqual({ ...first.body });
  });

  it('moves as the same series, one revision later', async () => {
    const { body: before } = await put('A-2', booking);
    const { status, body } = await put('A-2', { ...booking, startsAt: '2028-10-26T09:00' });
    expect([status, body.revision, body.seriesId]).toEqual([200, 2, before.seriesId]);
    const { body: whole } = await ask('GET', `/v1/reminder-series/${body.seriesId}`, { key: admin });
    expect(
      whole.steps.map((step: { revision: number; state: string }) => [step.revision, step.state]),
    ).toEqual([
      [2, 'planned'],
      [1, 'cancelled'],
    ]);
  });

  it('without a basis is kept, with the reason', async () => {
    const { status, body } = await put('A-3', {
      ...booking,
      contact: { phone: '0639980003' },
      consent: null,
    });
    expect([status, body.sendable, body.why]).toEqual([201, false, 'NO_BASIS']);
    expect(body.steps[0]).toMatchObject({ state: 'skipped', because: { code: 'NO_BASIS' } });
  });

  it('confirmed is still reminded unless configured otherwise', async () => {
    const confirm = async (id: string): Promise<Reply> => {
      await put(id, booking);
      return ask('POST', `/v1/appointments/${id}/confirmation`, { key: scheduler });
    };
    expect((await confirm('A-31')).body.steps[0]).toMatchObject({ state: 'planned' });
    await ask('PATCH', '/v1/tenant', { key: admin, body: { confirmationSkips: true } });
    const { body } = await confirm('A-32');
    expect(body.confirmedAt).not.toBeNull();
    expect(body.steps[0]).toMatchObject({ state: 'skipped', because: { code: 'CONFIRMED' } });
    const moved = await put('A-32', { ...booking, startsAt: '2028-10-27T11:00' });
    expect(moved.body).toMatchObject({ confirmedAt: null, steps: [{ state: 'planned' }] });
    await ask('PATCH', '/v1/tenant', { key: admin, body: { confirmationSkips: false } });
  });

  it('is cancelled once, the second time alike', async () => {
    await put('A-4', booking);
    const gone = await ask('DELETE', '/v1/appointments/A-4', { key: scheduler });
    const again = await ask('DELETE', '/v1/appointments/A-4', { key: scheduler });
    expect([gone.status, again.status]).toEqual([204, 204]);
    expect((await ask('GET', '/v1/appointments/A-4', { key: scheduler })).body.state).toBe('cancelled');
  });

  it('says in English why, when that is asked', async () => {
    const headers = { 'Accept-Language': 'en' };
    const answer = await ask('GET', '/v1/appointments/A-1', { key: admin, headers });
    expect(answer.body.steps[0].because.text).toContain('Sunday');
  });

  it('keeps the external ids of two systems apart', async () => {
    const mine = await put('A-1', booking);
    const theirs = await put('A-1', booking, '?source=other');
    expect([mine.status, theirs.status]).toEqual([200, 201]);
  });

  it('of somebody else is refused, unless deliberate', async () => {
    const other = { ...booking, contact: { phone: '0639980009', firstName: 'Louis', lastName: 'Petit' } };
    expect((await put('A-1', other)).body.code).toBe('BOOKING_OF_SOMEBODY_ELSE');
    expect((await put('A-1', other, '?replaceContact=true')).status).toBe(201);
  });

  it('is at the only practice, by either name', async () => {
    const { key } = await anotherTenant();
    const site = (id: string) =>
      ask('PUT', `/v1/practices/${id}`, {
        key,
        body: { name: `Site ${id}`, displayName: 'Cabinet des Tilleuls', timeZone: 'Indian/Reunion' },
      });
    const book = async (id: string, practice: string): Promise<string> => {
      const body = { ...booking, timeZone: undefined, practice };
      const { body: kept } = await ask('PUT', `/v1/appointments/${id}`, { key, body });
      return kept.startsAt ?? kept.code;
    };
    await site('nord');
    expect([await book('S-1', 'cabinet des  Tilleuls'), await book('S-2', 'Cabinet des Ormes')]).toEqual([
      '2028-10-24T11:00:00+04:00',
      'PRACTICE_NOT_FOUND',
    ]);
    await site('sud');
    expect(await book('S-3', 'Cabinet des Tilleuls')).toBe('PRACTICE_NOT_FOUND');
  });

  it('is read in its named or practice’s zone', async () => {
    const { key } = await anotherTenant();
    const sites = {
      moufia: { territory: 'RE' },
      'port-vila': { timeZone: 'Pacific/Noumea' },
      lyon: { timeZone: 'Europe/Paris' },
      siege: {},
    };
    for (const [id, place] of Object.entries(sites)) {
      const body = { name: id, displayName: 'Cabinet des Tilleuls', ...place };
      await ask('PUT', `/v1/practices/${id}`, { key, body });
    }
    const startsAt = async (id: string, practice: string, more: object = {}): Promise<string> => {
      const body = { ...booking, timeZone: undefined, practice, ...more };
      const { status, body: kept } = await ask('PUT', `/v1/appointments/${id}`, { key, body });
      return status === 201 ? kept.startsAt : `${status} ${kept.code}`;
    };
    expect([
      await startsAt('Z-1', 'moufia'),
      await startsAt('Z-2', 'port-vila'),
      await startsAt('Z-3', 'siege'),
      await startsAt('Z-4', 'moufia', { timeZone: 'Europe/Paris' }),
      await startsAt('Z-5', 'moufia', { startsAt: '2028-10-24T11:00+04:00' }),
      await startsAt('Z-6', 'moufia', { startsAt: '2028-10-24T11:00+02:00' }),
      await startsAt('Z-7', 'moufia', { contact: { phone: '0692 34 56 21', territory: 'RE' } }),
    ]).toEqual([
      '2028-10-24T11:00:00+04:00',
      '2028-10-24T11:00:00+11:00',
      '2028-10-24T11:00:00+02:00',
      '2028-10-24T11:00:00+02:00',
      '2028-10-24T11:00:00+04:00',
      '422 TIME_ZONE_CONTRADICTS',
      '2028-10-24T11:00:00+04:00',
    ]);
    await startsAt('Z-0', 'moufia', { startsAt: '2028-10-25T01:00' });
    const day = { practice: 'moufia', from: '2028-10-25', to: '2028-10-25', reason: 'médecin malade' };
    const closed = await ask('POST', '/v1/appointments/closures', { key, body: day });
    expect(closed.body.appointments).toMatchObject([{ externalId: 'Z-0' }]);
    await ask('PATCH', '/v1/tenant', {
      key,
      body: { territory: 'RE', timeZone: 'Indian/Reunion', reason: 'we moved' },
    });
    expect([await startsAt('Z-8', 'siege'), await startsAt('Z-9', 'lyon')]).toEqual([
      '2028-10-24T11:00:00+04:00',
      '2028-10-24T11:00:00+02:00',
    ]);
  });

  it.each([
    ['with its own offset, whatever the zone', { grantedAt: '2026-08-21T03:30-04:00' }, {}, 201],
    ['of Paris for a practice overseas', { grantedAt: '2026-08-21T09:30+02:00' }, { territory: 'RE' }, 201],
    [
      'that the zone of the body contradicts',
      { grantedAt: '2026-08-21T03:30-04:00' },
      { timeZone: 'Europe/Paris' },
      'TIME_ZONE_CONTRADICTS',
    ],
  ])('takes an agreement at an instant %s', async (_, given, more, outcome) => {
    const { timeZone: _zone, ...rest } = booking;
    const body = { ...rest, ...more, consent: { ...consent, ...given } };
    const answer = await put('A-71', body);
    expect(answer.status === 200 ? 201 : (answer.body.code ?? answer.status)).toBe(outcome);
  });

  it.each(REFUSED)('%s is refused, and nothing is kept', async (...[, change, status, code, pointer]) => {
    const answer = await put('B-1', { ...booking, ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    const pointers = (answer.body.errors ?? []).map((error: { pointer: string }) => error.pointer);
    expect(pointer === undefined || pointers.includes(pointer)).toBe(true);
    expect((await ask('GET', '/v1/appointments/B-1', { key: scheduler })).status).toBe(404);
  });

  it.each(REFUSED.filter(([, , , code]) => code !== 'NOTHING_AHEAD'))(
    '%s does not change the booking',
    async (...[, change, status, code]) => {
      const { body: stands } = await put('B-2', booking);
      const answer = await put('B-2', { ...booking, ...change });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.body.title).toMatch(/\.$/);
      expect((await ask('GET', '/v1/appointments/B-2', { key: scheduler })).body).toEqual(stands);
    },
  );

  it('of somebody else or outdated changes nothing', async () => {
    const { body: stands } = await put('A-61', { ...booking, sourceRevision: 5 });
    const other = { ...booking, contact: { phone: '0639980008', firstName: 'Louis', lastName: 'Petit' } };
    const older = { ...booking, startsAt: '2028-11-02T11:00', sourceRevision: 4 };
    const refused = [await put('A-61', other), await put('A-61', older)];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'BOOKING_OF_SOMEBODY_ELSE'],
      [409, 'REVISION_SUPERSEDED'],
    ]);
    expect((await ask('GET', '/v1/appointments/A-61', { key: scheduler })).body).toEqual(stands);
  });

  it('loses unknown fields on request, and names them', async () => {
    const { body } = await put('A-5', { ...booking, colour: 'red' }, '?ignoreUnknown=true');
    expect(body.ignored).toEqual(['colour']);
  });

  it('in a health practice never keeps its reason', async () => {
    await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health' } });
    const { status, body, text } = await put('A-6', { ...booking, motif: 'suivi oncologie' });
    expect([status, body.ignored]).toEqual([201, ['motif']]);
    expect(text).not.toContain('oncologie');
    const { text: listed } = await ask('GET', '/v1/appointments?limit=500', { key: scheduler });
    expect(listed).not.toContain('oncologie');
  });

  it('is listed by day, state and practice', async () => {
    expect(await list('?from=2028-10-26&to=2028-10-26')).toEqual(['A-2']);
    expect(await list('?state=cancelled')).toEqual(['A-4']);
    expect(await list(`?practice=${encodeURIComponent('cabinet des tilleuls')}`)).toContain('A-1');
    expect(await list('?practice=nowhere')).toEqual([]);
  });

  it('is held and freed by an operator', async () => {
    const { body } = await put('A-8', booking);
    const key = await keyOf('operator');
    const order = async (word: string): Promise<string> =>
      (await ask('POST', `/v1/reminder-series/${body.seriesId}/${word}`, { key })).body.state;
    expect([await order('pause'), await order('pause'), await order('resume')]).toEqual([
      'paused',
      'paused',
      'open',
    ]);
  });

  it('I7: is not named in the log', () => {
    expect(logged()).toContain('/v1/appointments/{externalId}');
    for (const canary of ['Canari', 'Hebert', 'A-1', '63998', 'oncologie', 'Tilleuls'])
      expect(logged()).not.toContain(canary);
  });
});
