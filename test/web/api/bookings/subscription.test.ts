import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, url } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const scheduler = await keyOf('scheduler');
const put = (id: string, body: object, query = ''): Promise<Reply> =>
  ask('PUT', `/v1/subscriptions/${id}${query}`, { key: scheduler, body });
const get = (id: string): Promise<Reply> => ask('GET', `/v1/subscriptions/${id}`, { key: scheduler });

const contract = {
  contact: { phone: '06 39 98 10 01', firstName: 'Jules', lastName: 'Teixeira' },
  renewsOn: '2028-10-19',
  refuseBy: '2028-08-20',
  service: 'Confort',
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte de recevoir par SMS les rappels de mon contrat.',
  },
};

describe('a contract', () => {
  it('is filed once, and answers like an appointment', async () => {
    const [first, again] = [await put('CT-1', contract), await put('CT-1', contract)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      kind: 'subscription',
      externalId: 'CT-1',
      revision: 1,
      sendable: true,
      service: 'Confort',
      renewsOn: '2028-10-19',
      refuseBy: '2028-08-20',
      tacitRenewal: true,
      legalNoticeRef: null,
      legalNotice: 'missing',
      steps: [{ step: 'P2M', state: 'planned', plannedAt: '2028-06-20T10:00:00+02:00' }],
    });
    expect(first.body.startsAt).toBeUndefined();
  });

  it('ends without its reminder, the second time alike', async () => {
    await put('CT-2', contract);
    const ends = async (): Promise<number> =>
      (await ask('DELETE', '/v1/subscriptions/CT-2', { key: scheduler })).status;
    expect([await ends(), await ends()]).toEqual([204, 204]);
    expect((await get('CT-2')).body).toMatchObject({ state: 'cancelled', steps: [{ state: 'cancelled' }] });
  });

  it('is listed by its last day to refuse', async () => {
    await put('CT-3', { ...contract, refuseBy: '2028-09-03' });
    const listed = await ask('GET', '/v1/subscriptions?from=2028-09-03&to=2028-09-03', { key: scheduler });
    expect(listed.body.items.map((item: { externalId: string }) => item.externalId)).toEqual(['CT-3']);
  });

  it('is taken by the thousand, a line each', async () => {
    const lines = [
      { ...contract, externalId: 'CT-4' },
      { ...contract, externalId: 'CT-5', refuseBy: '2029-08-20' },
    ];
    const answer = await fetch(`${url}/v1/subscriptions/bulk`, {
      method: 'POST',
      body: lines.map((one) => JSON.stringify(one)).join('\n'),
      headers: { Authorization: `Bearer ${scheduler}`, 'Content-Type': 'application/x-ndjson' },
    });
    const answered = (await answer.text())
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { status: number; code?: string; subscription?: { kind: string } });
    expect(answered).toMatchObject([
      { status: 201, subscription: { kind: 'subscription' } },
      { status: 422, code: 'DATES_CONTRADICT' },
    ]);
  });

  it.each([
    ['past its last day to refuse', { refuseBy: '2026-01-20' }, 422, 'NOTHING_AHEAD', '/refuseBy'],
    ['refused after it renews', { refuseBy: '2028-10-20' }, 422, 'DATES_CONTRADICT', '/refuseBy'],
    ['without a last day to refuse', { refuseBy: undefined }, 400, 'INVALID_REQUEST', '/refuseBy'],
    ['on a day that is none', { refuseBy: '2027-02-30' }, 400, 'INVALID_REQUEST', '/refuseBy'],
    ['beyond the calendar', { renewsOn: '2099-01-01' }, 422, 'DATE_INVALID', '/renewsOn'],
    ['with hours before a date', { reminders: ['PT2H'] }, 400, 'INVALID_REQUEST', '/reminders/0'],
    [
      'with 200 steps',
      { reminders: Array.from({ length: 200 }, () => 'P2M') },
      400,
      'INVALID_REQUEST',
      '/reminders',
    ],
    [
      'for a contact and a number',
      { contactId: '018f0000-0000-7000-8000-000000000000' },
      400,
      'INVALID_REQUEST',
      '/contact',
    ],
    [
      'with an offer',
      { text: '{brand} : renouvelez et gagnez 10 % ! {service} {renewsOn}' },
      422,
      'CONTENT_REFUSED',
      '/text',
    ],
    [
      'that wins somebody back',
      { text: '{brand} : votre contrat {service} a expiré, revenez vite !' },
      422,
      'CONTENT_REFUSED',
      '/text',
    ],
    [
      'whose text has another deadline',
      { text: '{brand} : à refuser avant {deadline}.' },
      422,
      'TEXT_CANNOT_RENDER',
      '/text',
    ],
    [
      'that ends, with a text naming a deadline',
      { tacitRenewal: false, refuseBy: undefined, text: '{brand} : à refuser avant le {refuseBy}.' },
      422,
      'TEXT_CANNOT_RENDER',
      '/text',
    ],
  ] as const)('%s is refused, and nothing is kept', async (...[, change, status, code, pointer]) => {
    const answer = await put('CT-9', { ...contract, ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await get('CT-9')).status).toBe(404);
  });

  it('outdated or of somebody else changes nothing', async () => {
    await put('CT-6', { ...contract, sourceRevision: 4 });
    const older = await put('CT-6', { ...contract, refuseBy: '2028-08-19', sourceRevision: 3 });
    const contact = { phone: '06 39 98 10 09', firstName: 'Ana', lastName: 'Petit' };
    const other = await put('CT-6', { ...contract, contact });
    expect([older.body.code, other.body.code]).toEqual(['REVISION_SUPERSEDED', 'BOOKING_OF_SOMEBODY_ELSE']);
    expect((await get('CT-6')).body).toMatchObject({ revision: 1, refuseBy: '2028-08-20' });
  });

  it('in health shows no specialty, and is sealed', async () => {
    await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health' } });
    const answer = await put('CT-7', { ...contract, service: 'Suivi oncologie' });
    expect([answer.status, answer.body.code]).toEqual([422, 'CONTENT_REFUSED']);
    expect(answer.body.errors[0].pointer).toBe('/service');
    await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'services' } });
  });
});
