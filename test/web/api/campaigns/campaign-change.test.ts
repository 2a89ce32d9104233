import { describe, expect, it } from 'vitest';
import { served } from '../../server/served.ts';

const { admin, ask, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const marketer = await keyOf('marketer');
const made = await ask('POST', '/v1/keys', { key: admin, body: { role: 'marketer', source: 'crm' } });
const elsewhere = String(made.body.key);

const DRAFT = {
  name: 'Soldes',
  purpose: 'marketing',
  text: 'Ma boutique : -20 %. {stop}',
  sender: 'BOUTIQUE',
  audience: { all: true },
  ratePerSecond: 5,
};

const EVERY_TUESDAY = { every: 'P1W', on: '2030-01-01', at: '10:00' };

const draft = async (more: object = {}): Promise<string> =>
  (await ask('POST', '/v1/campaigns', { key: marketer, body: { ...DRAFT, ...more } })).body.id;

const change = (id: string, body: unknown, key = marketer) =>
  ask('PATCH', `/v1/campaigns/${id}`, { key, body });

describe('a change of a campaign', () => {
  it('touches everything of a draft', async () => {
    const id = await draft();
    const { status, body } = await change(id, {
      name: 'Automne',
      text: 'Ma boutique : nouveautés. {stop}',
      ratePerSecond: null,
      expireAt: '2031-01-02T10:00:00+01:00',
      localTime: '10:00',
      spread: { days: 3 },
    });
    expect([status, body.name, body.status]).toEqual([200, 'Automne', 'draft']);
  });

  it('touches only a launched campaign’s limits', async () => {
    const id = await draft({ startAt: '2031-01-01T10:00:00+01:00' });
    await ask('POST', `/v1/campaigns/${id}/launch`, { key: marketer });
    expect((await change(id, { ratePerSecond: 9, expireAt: '2031-01-02T10:00:00+01:00' })).status).toBe(200);
    expect((await change(id, { ratePerSecond: null, expireAt: null })).status).toBe(200);
    const { status, body } = await change(id, { text: 'Autre' });
    expect([status, body.code]).toEqual([409, 'CAMPAIGN_CANNOT_MOVE']);
    expect(body.errors).toEqual([{ in: 'body', pointer: '/text', message: 'seul un brouillon l’accepte' }]);
  });

  it('is no more possible once it is over', async () => {
    const id = await draft();
    await ask('POST', `/v1/campaigns/${id}/cancel`, { key: marketer });
    expect((await change(id, { ratePerSecond: 9 })).body.code).toBe('CAMPAIGN_CANNOT_MOVE');
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 400],
    ['a rate of nothing', { ratePerSecond: 0 }, 400],
    ['a text taken away', { text: null }, 400],
    ['an end that has passed', { expireAt: '2020-01-01T10:00:00Z' }, 400],
    ['an hour when nobody may be written to', { localTime: '21:00' }, 400],
    ['an hour that no clock shows', { localTime: '25:00' }, 400],
    ['a spread over one day', { spread: { days: 1 } }, 400],
    ['a generic sender', { sender: 'INFO' }, 422],
  ])('is refused with %s, and changes nothing', async (_what, body, status) => {
    const id = await draft();
    expect((await change(id, { name: 'Autre', ...body })).status).toBe(status);
    expect((await ask('GET', `/v1/campaigns/${id}`, { key: marketer })).body.name).toBe('Soldes');
  });

  it.each([
    ['a notice', { purpose: 'renewal' }, '/purpose'],
    ['one moment', { startAt: '2031-01-02T10:00:00+01:00' }, '/startAt'],
    ['an end of one moment', { expireAt: '2031-01-03T10:00:00+01:00' }, '/expireAt'],
  ])('never gives a draft that comes again %s', async (_what, body, pointer) => {
    const id = await draft({ recurrence: EVERY_TUESDAY });
    expect((await change(id, body)).body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ pointer }] });
    expect((await change(id, { text: 'Ma boutique : nouveautés. {stop}' })).status).toBe(200);
  });

  it.each([
    ['before its first day', '2029-12-31'],
    ['on a day that no month has', '2030-02-30'],
  ])('never follows one that would come last %s', async (_when, until) => {
    const recurrence = { ...EVERY_TUESDAY, until };
    const { status, body } = await ask('POST', '/v1/campaigns', {
      key: marketer,
      body: { ...DRAFT, recurrence },
    });
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/recurrence/until']);
  });

  it('gives a launched recurrence rate and budget only', async () => {
    const id = await draft({ recurrence: EVERY_TUESDAY });
    expect((await ask('POST', `/v1/campaigns/${id}/launch`, { key: marketer })).body.status).toBe(
      'scheduled',
    );
    const { status, body } = await change(id, { expireAt: '2031-01-02T10:00:00+01:00' });
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/expireAt']);
    expect((await change(id, { ratePerSecond: 9, expireAt: null, budget: null })).status).toBe(200);
  });

  it('belongs to the same source, and is audited', async () => {
    const id = await draft();
    expect((await change(id, { name: 'Autre' }, elsewhere)).body.code).toBe('ROLE_NOT_ALLOWED');
    await change(id, { name: 'Autre' }, admin);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const entry = items.find(
      (one: { action: string; subject: string }) => one.action === 'campaign.changed' && one.subject === id,
    );
    expect(entry.details).toEqual({ fields: ['name'] });
  });

  it.each([
    ['the text', { text: 'Le 0899 12 34 56 : -20 %. {stop}' }, /est surtaxé/, /is premium-rate/],
    ['the sender', { sender: 'INFO' }, /un mot générique/, /a generic word/],
    [
      'its end in the tenant’s zone',
      { expireAt: '2020-01-01T10:00:00Z' },
      /^cette fin est passée : 2020-01-01T11:00:00\+01:00, et il est \S+\+0[12]:00 ; donnez-en une plus tardive$/,
      /^this end has passed: 2020-01-01T11:00:00\+01:00, and it is \S+\+0[12]:00; give a later one$/,
    ],
    [
      'an end before its start',
      { startAt: '2099-01-05T10:00:00Z', expireAt: '2099-01-04T18:00:00+08:00' },
      /^cette fin, 2099-01-04T11:00:00\+01:00, doit venir après startAt, 2099-01-05T11:00:00\+01:00$/,
      /^this end, 2099-01-04T11:00:00\+01:00, must come after startAt, 2099-01-05T11:00:00\+01:00$/,
    ],
    ['its budget', { budget: { amount: '5', currency: 'USD' } }, /le compte/, /the account/],
    ['its account', { gateway: 'nobody' }, /introuvable/, /not found/],
    ['its rate', { ratePerSecond: 'fast' }, /nombre attendu/, /expected number/],
  ])('says what is wrong with %s, bilingually', async (...[, body, french, english]) => {
    const id = await draft();
    const said = async (language: string): Promise<unknown> => {
      const headers = { 'Accept-Language': language };
      const asked = { key: marketer, body, headers };
      return (await ask('PATCH', `/v1/campaigns/${id}`, asked)).body.errors[0].message;
    };
    expect([await said('fr'), await said('en'), await said('de, en;q=0.5')]).toEqual([
      expect.stringMatching(french),
      expect.stringMatching(english),
      expect.stringMatching(english),
    ]);
  });

  it('is not there for anybody else', async () => {
    expect((await change('018f0000-0000-7000-8000-000000000000', { name: 'x' })).status).toBe(404);
  });
});
