import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const scheduler = await keyOf('scheduler');
const put = (id: string, body: object): Promise<Reply> =>
  ask('PUT', `/v1/payment-plans/${id}`, { key: scheduler, body });
const get = (id: string): Promise<Reply> => ask('GET', `/v1/payment-plans/${id}`, { key: scheduler });
const pay = (id: string, number: number | string, body?: object): Promise<Reply> =>
  ask('POST', `/v1/payment-plans/${id}/instalments/${number}/paid`, {
    key: scheduler,
    ...(body === undefined ? {} : { body }),
  });

const plan = {
  contact: { phone: '06 39 98 20 01', firstName: 'Marie', lastName: 'Delorme' },
  label: 'Confort',
  instalments: [
    { number: 1, dueOn: '2028-01-12', amount: '49.00', currency: 'EUR' },
    { number: 2, dueOn: '2028-02-15', amount: '49.00', currency: 'EUR' },
  ],
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte de recevoir par SMS les rappels de mes échéances.',
  },
};
const [first, second] = plan.instalments;

describe('a payment plan', () => {
  it('is filed once, with a step each date', async () => {
    const [one, again] = [await put('PL-1', plan), await put('PL-1', plan)];
    expect([one.status, again.status, again.body.revision]).toEqual([201, 200, 1]);
    expect(one.body).toMatchObject({
      kind: 'payment-plan',
      label: 'Confort',
      instalments: [
        { ...first, paidAt: null },
        { ...second, paidAt: null },
      ],
      steps: [
        // 9 January 2028 is a Sunday.
        {
          step: '1/P3D',
          state: 'planned',
          plannedAt: '2028-01-08T10:00:00+01:00',
          because: { code: 'SUNDAY' },
        },
        { step: '2/P3D', state: 'planned', plannedAt: '2028-02-12T10:00:00+01:00' },
        { step: 'schedule', state: 'planned' },
      ],
    });
  });

  it('records a payment once, without a new revision', async () => {
    await put('PL-2', plan);
    const paid = await pay('PL-2', 1, { paidAt: '2026-11-20T10:00:00+01:00' });
    expect(paid.status).toBe(200);
    expect(paid.body).toMatchObject({
      revision: 1,
      instalments: [{ paidAt: '2026-11-20T09:00:00.000Z' }, { paidAt: null }],
    });
    expect(paid.body.steps[0]).toMatchObject({ state: 'skipped', because: { code: 'PAID' } });
    expect((await pay('PL-2', 1)).body.instalments[0].paidAt).toBe('2026-11-20T09:00:00.000Z');
    expect((await put('PL-2', plan)).body).toMatchObject({
      revision: 1,
      instalments: [{ paidAt: expect.any(String) }, {}],
    });
  });

  it('has only its own instalments', async () => {
    const answers = [await pay('PL-1', 3), await pay('PL-1', 'x'), await pay('PL-none', 1)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('is listed by any of its due dates', async () => {
    await put('PL-3', { ...plan, instalments: [first, { ...second, dueOn: '2028-03-15' }] });
    const listed = await ask('GET', '/v1/payment-plans?from=2028-03-15&to=2028-03-15', { key: scheduler });
    expect(listed.body.items.map((item: { externalId: string }) => item.externalId)).toEqual(['PL-3']);
  });

  it.each([
    ['all past', [{ ...first, dueOn: '2026-01-12' }], 422, 'NOTHING_AHEAD', '/instalments'],
    ['unsorted', [second, first], 422, 'INSTALMENTS_UNSORTED', '/instalments/1/number'],
    [
      'whose dates go back',
      [{ ...first, dueOn: '2028-05-01' }, second],
      422,
      'INSTALMENTS_UNSORTED',
      '/instalments/1/dueOn',
    ],
    [
      'numbered twice',
      [first, { ...second, number: 1 }],
      422,
      'INSTALMENTS_UNSORTED',
      '/instalments/1/number',
    ],
    ['negative', [{ ...first, amount: '-49.00' }], 400, 'INVALID_REQUEST', '/instalments/0/amount'],
    ['of nothing', [{ ...first, amount: '0.00' }], 400, 'INVALID_REQUEST', '/instalments/0/amount'],
    [
      'a number instead of a text',
      [{ ...first, amount: 49 }],
      400,
      'INVALID_REQUEST',
      '/instalments/0/amount',
    ],
    [
      'in a currency that is none',
      [{ ...first, currency: 'ZZZ' }],
      400,
      'INVALID_REQUEST',
      '/instalments/0/currency',
    ],
    [
      'on a day that is none',
      [{ ...first, dueOn: '2027-02-29' }],
      400,
      'INVALID_REQUEST',
      '/instalments/0/dueOn',
    ],
    ['none', [], 400, 'INVALID_REQUEST', '/instalments'],
    [
      'two hundred',
      Array.from({ length: 200 }, (_, at) => ({ ...first, number: at + 1 })),
      400,
      'INVALID_REQUEST',
      '/instalments',
    ],
  ] as const)('with instalments %s is refused whole', async (...[, instalments, status, code, pointer]) => {
    const answer = await put('PL-9', { ...plan, instalments });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await get('PL-9')).status).toBe(404);
  });
});
