import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const key = await keyOf('scheduler');

const common = {
  contact: { phone: '06 39 98 30 01', firstName: 'Rose', lastName: 'Martin' },
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous, contrats et échéances.',
  },
};
const due = (dueOn: string) => ({ instalments: [{ number: 1, dueOn, amount: '49.00' }] });

/** Each kind: a booking of it, and the same moved. */
const KINDS = [
  [
    'appointments',
    { ...common, practice: 'Cabinet des Tilleuls', startsAt: '2028-10-24T11:00' },
    { startsAt: '2028-10-26T11:00' },
  ],
  [
    'subscriptions',
    { ...common, renewsOn: '2028-10-19', refuseBy: '2028-08-20' },
    { refuseBy: '2028-08-21' },
  ],
  ['payment-plans', { ...common, ...due('2028-01-12') }, due('2028-01-13')],
] as const;

const told = ({ status, body }: Reply) => [status, body?.code ?? body?.state];
const stands = ({ status, body }: Reply) => [status, body.code, body.stands];

describe.each(KINDS)('of %s, a booking that was cancelled', (resource, booking, other) => {
  const at = (id: string, query = ''): string => `/v1/${resource}/${id}${query}`;
  const put = (id: string, more: object = {}, query = ''): Promise<Reply> =>
    ask('PUT', at(id, query), { key, body: { ...booking, ...more } });
  const end = (id: string, query = ''): Promise<Reply> => ask('DELETE', at(id, query), { key });
  const get = (id: string): Promise<Reply> => ask('GET', at(id), { key });

  it('stays cancelled after a late call', async () => {
    await put('X-1');
    await end('X-1');
    const late = [await put('X-1'), await put('X-1', other)];
    expect(late.map(told)).toEqual([
      [200, 'cancelled'],
      [409, 'BOOKING_CANCELLED'],
    ]);
    expect(late[1]?.body.stands).toEqual({ state: 'cancelled', sourceRevision: null });
    const { body } = await get('X-1');
    expect([body.state, body.revision]).toEqual(['cancelled', 1]);
    expect(body.steps.every(({ state }: { state: string }) => state === 'cancelled')).toBe(true);
  });

  it('holds against every revision up to its own', async () => {
    await put('X-2', { sourceRevision: 5 });
    const ends = [await end('X-2', '?sourceRevision=6'), await end('X-2', '?sourceRevision=6')];
    expect(ends.map(({ status }) => status)).toEqual([204, 204]);
    const cancelled = { state: 'cancelled', sourceRevision: 6 };
    expect(stands(await put('X-2', { sourceRevision: 5 }))).toEqual([409, 'REVISION_SUPERSEDED', cancelled]);
    expect(stands(await put('X-2', { ...other, sourceRevision: 6 }))).toEqual([
      409,
      'BOOKING_CANCELLED',
      cancelled,
    ]);
    expect(stands(await end('X-2', '?sourceRevision=4'))).toEqual([409, 'REVISION_SUPERSEDED', cancelled]);
    expect(told(await put('X-2', { sourceRevision: 7 }))).toEqual([200, 'open']);
  });

  it('stays cancelled for the same revision', async () => {
    await put('X-3', { sourceRevision: 5 });
    await end('X-3', '?sourceRevision=5');
    expect(told(await put('X-3', { sourceRevision: 5 }))).toEqual([200, 'cancelled']);
    expect(told(await put('X-3', { ...other, sourceRevision: 5 }))).toEqual([409, 'BOOKING_CANCELLED']);
  });

  it('is not cancelled by an older revision', async () => {
    await put('X-4', { sourceRevision: 5 });
    const open = { state: 'open', sourceRevision: 5 };
    expect(stands(await end('X-4', '?sourceRevision=4'))).toEqual([409, 'REVISION_SUPERSEDED', open]);
    expect(told(await get('X-4'))).toEqual([200, 'open']);
  });

  it('cancelled beforehand needs a higher revision', async () => {
    const ends = [await end('X-5', '?sourceRevision=6'), await end('X-5', '?sourceRevision=6')];
    expect(ends.map(({ status }) => status)).toEqual([202, 202]);
    const cancelled = { state: 'cancelled', sourceRevision: 6 };
    expect(stands(await put('X-5', { sourceRevision: 5 }))).toEqual([409, 'REVISION_SUPERSEDED', cancelled]);
    expect(stands(await put('X-5', { sourceRevision: 6 }))).toEqual([409, 'BOOKING_CANCELLED', cancelled]);
    expect(stands(await put('X-5'))).toEqual([409, 'BOOKING_CANCELLED', cancelled]);
    expect(stands(await end('X-5', '?sourceRevision=5'))).toEqual([409, 'REVISION_SUPERSEDED', cancelled]);
    expect((await get('X-5')).status).toBe(404);
    expect(told(await put('X-5', { sourceRevision: 7 }))).toEqual([201, 'open']);
    expect(told(await end('X-5'))).toEqual([204, undefined]);
  });

  it('cancelled beforehand without revision needs reopen', async () => {
    expect((await end('X-6')).status).toBe(202);
    const refused = [await put('X-6'), await put('X-6', { sourceRevision: 1 })];
    expect(refused.map(told)).toEqual([
      [409, 'BOOKING_CANCELLED'],
      [409, 'BOOKING_CANCELLED'],
    ]);
    expect(told(await put('X-6', {}, '?reopen=true'))).toEqual([201, 'open']);
    expect(told(await put('X-6'))).toEqual([200, 'open']);
  });

  it('returns by reopen, and remembers its revisions', async () => {
    await put('X-7', { sourceRevision: 5 });
    await end('X-7', '?sourceRevision=6');
    expect(told(await put('X-7', { sourceRevision: 5 }, '?reopen=true'))).toEqual([
      409,
      'REVISION_SUPERSEDED',
    ]);
    expect(told(await put('X-7', {}, '?reopen=true'))).toEqual([200, 'open']);
    expect(told(await put('X-7', { sourceRevision: 5 }))).toEqual([409, 'REVISION_SUPERSEDED']);
  });

  it('is not somebody else’s, unless deliberate', async () => {
    const theirs = { contact: { phone: '06 39 98 30 02', firstName: 'Louis', lastName: 'Petit' } };
    await put('X-8', { sourceRevision: 5 });
    await end('X-8', '?sourceRevision=6');
    expect(told(await put('X-8', theirs))).toEqual([409, 'BOOKING_CANCELLED']);
    expect(told(await put('X-8', theirs, '?reopen=true'))).toEqual([201, 'open']);
    expect(told(await put('X-8', { sourceRevision: 5 }))).toEqual([409, 'REVISION_SUPERSEDED']);
  });

  it('is another one in another system', async () => {
    await end('X-9', '?source=other');
    expect(told(await put('X-9'))).toEqual([201, 'open']);
  });

  it('is answered in the language of the reader', async () => {
    await end('X-10', '?sourceRevision=3');
    const detail = async (language: string): Promise<string> =>
      (await ask('PUT', at('X-10'), { key, body: booking, headers: { 'Accept-Language': language } })).body
        .detail;
    expect([await detail('fr'), await detail('en')]).toEqual([
      'Elle est annulée, et rien n’a changé ; elle revient par une sourceRevision supérieure à 3, ou par ?reopen=true.',
      'It is cancelled, and nothing was changed; it comes back by a sourceRevision above 3, or by ?reopen=true.',
    ]);
  });

  it.each(['-1', '1.5', 'x', '1e3'])('by revision %s is no cancellation', async (revision) => {
    expect(told(await end('X-11', `?sourceRevision=${revision}`))).toEqual([400, 'INVALID_REQUEST']);
  });

  it('in bulk stays cancelled as by PUT', async () => {
    await put('X-12');
    await end('X-12');
    await end('X-13');
    const lines = [
      { ...booking, externalId: 'X-12' },
      { ...booking, ...other, externalId: 'X-12' },
      { ...booking, externalId: 'X-13' },
    ];
    const bulk = async (query: string): Promise<unknown[]> => {
      const { text } = await ask('POST', `/v1/${resource}/bulk${query}`, { key, body: lines });
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ status, code }) => [status, code]);
    };
    expect(await bulk('')).toEqual([
      [200, undefined],
      [409, 'BOOKING_CANCELLED'],
      [409, 'BOOKING_CANCELLED'],
    ]);
    expect(await bulk('?reopen=true')).toEqual([
      [200, undefined],
      [200, undefined],
      [201, undefined],
    ]);
  });
});

describe('a file of bookings', () => {
  const file = [
    'reference;telephone;debut;cabinet;consentement le;methode;texte consentement;revision',
    ...['F-1', 'F-2', 'F-3'].map(
      (id) => `${id};06 39 98 30 03;24/10/2028 11:00;Cabinet des Tilleuls;10/08/2026;papier;J’accepte.;2`,
    ),
  ].join('\n');
  const read = async (query = ''): Promise<unknown> => {
    const headers = { 'Content-Type': 'text/csv' };
    const path = `/v1/imports?kind=appointments&dryRun=true${query}`;
    const { body } = await ask('POST', path, { key, raw: file, headers });
    return [body.accepted, body.rejectedBy, body.warningsBy];
  };

  it('restores no cancelled booking, unless asked', async () => {
    const body = {
      contact: { phone: '06 39 98 30 03' },
      practice: 'Cabinet des Tilleuls',
      startsAt: '2028-10-24T11:00',
      sourceRevision: 2,
    };
    await ask('PUT', '/v1/appointments/F-1', { key, body });
    await ask('DELETE', '/v1/appointments/F-1?sourceRevision=2', { key });
    await ask('DELETE', '/v1/appointments/F-2?sourceRevision=2', { key });
    expect(await read()).toEqual([2, { BOOKING_CANCELLED: 1 }, { BOOKING_CANCELLED: 1 }]);
    expect(await read('&reopen=true')).toEqual([3, {}, {}]);
  });
});
