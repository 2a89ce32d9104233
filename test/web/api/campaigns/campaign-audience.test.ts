import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { admin, ask, logged } = await served();
const STRANGER = '00000000-0000-7000-8000-000000000000';
const MANY = Array.from({ length: 10_001 }, () => STRANGER);

const make = (more: object): Promise<Reply> =>
  ask('POST', '/v1/campaigns', {
    key: admin,
    body: {
      name: 'Soldes',
      purpose: 'marketing',
      sender: 'BOUTIQUE',
      text: 'Ma boutique : -20 %. {stop}',
      audience: { all: true },
      ...more,
    },
  });
const pointers = ({ body }: Reply): string[] =>
  (body.errors ?? []).map(({ pointer }: { readonly pointer: string }) => pointer);
const filtered = (field: string, op: string, value: unknown) => ({
  audience: { filter: { all: [{ field, op, value }] } },
});
const excluding = (list: object) => ({ exclude: [list] });

describe('a campaign for people whose ids are none', () => {
  it.each<[string, object, string]>([
    ['words', { audience: { contactIds: ['Chloé'] } }, '/audience/contactIds/0'],
    ['nothing', { audience: { contactIds: [STRANGER, ''] } }, '/audience/contactIds/1'],
    ['a statement', { audience: { contactIds: ["'; DROP TABLE contact; --"] } }, '/audience/contactIds/0'],
    ['braces', { audience: { contactIds: [`{${STRANGER}}`] } }, '/audience/contactIds/0'],
    ['a number', { audience: { contactIds: [17] } }, '/audience/contactIds/0'],
    ['nobody', { audience: { contactIds: [] } }, '/audience/contactIds'],
    ['too many', { audience: { contactIds: MANY } }, '/audience/contactIds'],
    ['an import by its name', { audience: { importId: 'base.csv' } }, '/audience/importId'],
    ['a campaign by its name', { audience: { notServedBy: 'Soldes' } }, '/audience/notServedBy'],
    ['a list of campaigns', { audience: { notServedBy: [STRANGER] } }, '/audience/notServedBy'],
    ['two audiences at once', { audience: { all: true, importId: STRANGER } }, '/audience/importId'],
    ['none at all', { audience: null }, '/audience'],
    ['a filter by a name', filtered('receivedCampaign', 'eq', 'Soldes'), '/audience/filter/all/0/value'],
    ['a filter by a number', filtered('receivedCampaign', 'in', [1]), '/audience/filter/all/0/value'],
    ['a place by its name', filtered('territory', 'ne', 'Martinique'), '/audience/filter/all/0/value'],
    ['places in small letters', filtered('territory', 'in', ['FR', 're']), '/audience/filter/all/0/value'],
    ['clocks of nowhere', filtered('timeZone', 'ne', 'Paris'), '/audience/filter/all/0/value'],
    ['a list left out by words', excluding({ contactIds: ['Chloé'] }), '/exclude/0/contactIds/0'],
    ['an import left out by its name', excluding({ importId: 'base.csv' }), '/exclude/0/importId'],
    ['a campaign left out by its name', excluding({ servedBy: 'Soldes' }), '/exclude/0/servedBy'],
    ['one list instead of several', { exclude: { importId: STRANGER } }, '/exclude'],
    ['a brand by its name', { brandId: 'Lumière' }, '/brandId'],
  ])('is refused where it says so: %s', async (_what, more, pointer) => {
    const answer = await make(more);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(pointers(answer)).toContain(pointer);
  });
});

describe('a campaign that names what is not there', () => {
  it.each<[string, object, string, string]>([
    ['people', { audience: { contactIds: [STRANGER] } }, 'CONTACT_NOT_FOUND', '/audience/contactIds'],
    ['an import', { audience: { importId: STRANGER } }, 'IMPORT_NOT_FOUND', '/audience/importId'],
    ['a campaign', { audience: { notServedBy: STRANGER } }, 'CAMPAIGN_NOT_FOUND', '/audience/notServedBy'],
    [
      'a campaign of a filter',
      filtered('receivedCampaign', 'notIn', [STRANGER]),
      'CAMPAIGN_NOT_FOUND',
      '/audience/filter',
    ],
    ['people left out', excluding({ contactIds: [STRANGER] }), 'CONTACT_NOT_FOUND', '/exclude/0/contactIds'],
    ['an import left out', excluding({ importId: STRANGER }), 'IMPORT_NOT_FOUND', '/exclude/0/importId'],
    ['a campaign left out', excluding({ servedBy: STRANGER }), 'CAMPAIGN_NOT_FOUND', '/exclude/0/servedBy'],
    ['a brand', { brandId: STRANGER }, 'BRAND_NOT_FOUND', '/brandId'],
  ])('is refused by its code: %s', async (_what, more, code, pointer) => {
    const answer = await make(more);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(pointers(answer)).toEqual([pointer]);
  });
});

describe('a campaign for, or without, a file that names no people', () => {
  it.each<[string, (importId: string) => object, string]>([
    ['for whom it names', (importId) => ({ audience: { importId } }), '/audience/importId'],
    ['without them', (importId) => excluding({ importId }), '/exclude/0/importId'],
  ])('is refused: %s', async (_whom, naming, pointer) => {
    const headers = { 'Content-Type': 'text/csv' };
    const file = { key: admin, raw: 'telephone\n0639980001\n', headers };
    const { body } = await ask('POST', '/v1/imports?kind=suppressions', file);
    const answer = await make(naming(String(body.id)));
    expect([answer.status, answer.body.code]).toEqual([422, 'AUDIENCE_NOT_SUPPORTED']);
    expect(pointers(answer)).toEqual([pointer]);
  });
});

describe('a filter by a moment', () => {
  it.each([
    ['of a day that no month has', '2026-02-30'],
    ['of the year 0', '0000-01-01'],
    ['beyond the year 9999', '9999-12-31T23:59:59-13:00'],
    ['on clocks that no place has', '2026-01-01T10:00:00+23:59'],
    ['without its clocks', '2026-01-01T10:00:00'],
    ['in words', '2026-01-01Tmidi'],
  ])('is refused before anybody is looked for: %s', async (_which, value) => {
    const answer = await make(filtered('grantedAt', 'lt', value));
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(pointers(answer)).toEqual(['/audience/filter/all/0/value']);
  });

  it.each<[string, string, string, unknown]>([
    ['a leap day', 'grantedAt', 'lt', '2028-02-29'],
    ['the first day that counts', 'createdAt', 'gte', '1900-01-01'],
    ['the last', 'createdAt', 'lte', '9999-12-31'],
    ['the furthest clocks', 'createdAt', 'gt', '2026-01-01T10:00:00+14:00'],
    ['billionths of a second', 'createdAt', 'lt', '2026-01-01T10:00:00.123456789Z'],
    ['a hundred years ago', 'lastInteractionAt', 'olderThanDays', 36_500],
    ['a statement as a town', 'city', 'eq', "RE') OR ('1'='1"],
    ['the name of a prototype', 'constructor', 'eq', 'x'],
  ])('that is taken can be counted: %s', async (_what, field, op, value) => {
    const made = await make(filtered(field, op, value));
    expect(made.status).toBe(201);
    const counted = await ask('POST', `/v1/campaigns/${made.body.id}/rehearsal`, { key: admin, body: {} });
    expect(counted.body).toMatchObject({ state: 'done' });
  });
});

describe('whatever was asked', () => {
  it('is never our fault', () => {
    expect(logged()).not.toContain('"level":50');
  });
});
