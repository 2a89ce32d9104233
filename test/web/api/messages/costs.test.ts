import { describe, expect, it } from 'vitest';
import { aSalesDraft } from '../campaigns/sales-draft.ts';
import { served } from '../../server/served.ts';

const { ask, admin, clock, keyOf, anotherTenant } = await served();
const costs = async (query: string, key = admin) => ask('GET', `/v1/reports/costs${query}`, { key });

describe('GET /v1/reports/costs', () => {
  it('names its months, empty without messages', async () => {
    const { status, body } = await costs('?from=2027-01&to=2027-12');
    expect([status, body]).toEqual([200, { from: '2027-01', to: '2027-12', months: [] }]);
    expect((await costs('?to=2027-03')).body).toMatchObject({ from: '2027-01', to: '2027-03' });
  });

  it.each([
    ['more than a year', '?from=2026-01&to=2027-01'],
    ['months in the wrong order', '?from=2027-02&to=2027-01'],
    ['no month', '?from=2027-13'],
    ['a day', '?from=2027-01-01'],
  ])('refuses %s', async (_what, query) => {
    const { status, body } = await costs(query);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('shows marketers advertising, and schedulers nothing', async () => {
    const marketer = await keyOf('marketer');
    expect((await costs('?purpose=marketing', marketer)).status).toBe(200);
    for (const [key, query] of [
      [marketer, ''],
      [marketer, '?purpose=appointment'],
      [await keyOf('scheduler'), '?purpose=appointment'],
    ] as const)
      expect((await costs(query, key)).body.code).toBe('ROLE_NOT_ALLOWED');
  });

  it('knows the practices of its own company alone', async () => {
    const practice = { name: 'Les Tilleuls', phone: '0140000000' };
    const made = await ask('PUT', '/v1/practices/tilleuls', { key: admin, body: practice });
    expect(made.status).toBe(201);
    expect((await costs('?practice=tilleuls')).body.months).toEqual([]);
    const other = await anotherTenant();
    expect((await costs('?practice=tilleuls', other.key)).status).toBe(404);
    const { body } = await ask('GET', '/v1/practices/tilleuls', { key: admin });
    expect(body).not.toHaveProperty('cost');
  });
});

describe('GET /v1/campaigns/{id}/cost', () => {
  it('counts a campaign for its own company', async () => {
    const agreed = ['0639987501', '0639987502'];
    const { campaignId } = await aSalesDraft({ ask, admin, clock }, { agreed, never: '0639987503' });
    const path = `/v1/campaigns/${campaignId}`;
    const { status, body } = await ask('GET', `${path}/cost`, { key: admin });
    expect([status, body]).toEqual([200, { estimated: null, estimatedLines: [], totals: [], lines: [] }]);
    expect((await ask('GET', path, { key: admin })).body.cost).toEqual({ estimated: null, totals: [] });
    const other = await anotherTenant();
    expect((await ask('GET', `${path}/cost`, { key: other.key })).status).toBe(404);
  });
});
