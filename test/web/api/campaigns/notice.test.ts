import { beforeAll, describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const marketer = await keyOf('marketer');

beforeAll(async () => {
  await ask('PUT', '/v1/practices/tilleuls', { key: admin, body: { name: 'Cabinet des Tilleuls' } });
});

const series = {
  kind: 'appointment',
  practiceId: 'tilleuls',
  eventFrom: '2028-03-03',
  eventTo: '2028-03-03',
};
const make = (more: object = {}, key = marketer): Promise<Reply> =>
  ask('POST', '/v1/campaigns', {
    key,
    body: {
      name: 'Fermeture',
      purpose: 'appointment',
      text: '{practice} : le cabinet est fermé le 03/03/2028. Une question : {phone}. {stop}',
      audience: { series },
      expireAt: '2028-03-02T20:00:00+01:00',
      ...more,
    },
  });

describe('a notice', () => {
  it('is made for a practice by either id', async () => {
    const { body } = await ask('GET', '/v1/practices/tilleuls', { key: admin });
    const answers = [await make(), await make({ audience: { series: { ...series, practiceId: body.id } } })];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  it('opens outside hours by an admin with reason', async () => {
    const outsideWindow = { reason: 'dégât des eaux' };
    expect((await make({ outsideWindow })).body).toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
    const { body } = await make({ outsideWindow }, admin);
    const audit = await ask('GET', '/v1/audit?limit=500', { key: admin });
    const made = audit.body.items.find(({ subject }: { subject: string }) => subject === body.id);
    expect(made).toMatchObject({ action: 'campaign.created', details: { outsideWindow: 'dégât des eaux' } });
  });

  it('keeps its end also when it is changed', async () => {
    const { body } = await make();
    const changed = await ask('PATCH', `/v1/campaigns/${body.id}`, {
      key: marketer,
      body: { expireAt: null },
    });
    expect([changed.status, changed.body.errors[0].pointer]).toEqual([400, '/expireAt']);
  });

  it.each([
    [
      'a practice that nobody keeps',
      { audience: { series: { ...series, practiceId: 'saules' } } },
      'PRACTICE_NOT_FOUND',
    ],
    ['days that go back', { audience: { series: { ...series, eventTo: '2028-03-02' } } }, 'INVALID_REQUEST'],
    ['another word for a kind', { audience: { series: { ...series, kind: 'visit' } } }, 'INVALID_REQUEST'],
    ['no end', { expireAt: undefined }, 'INVALID_REQUEST'],
    ['everybody', { audience: { all: true } }, 'AUDIENCE_NOT_SUPPORTED'],
    ['advertising', { purpose: 'marketing' }, 'AUDIENCE_NOT_SUPPORTED'],
  ])('is refused with %s', async (_, more, code) => {
    expect((await make(more)).body).toMatchObject({ code });
  });
});
