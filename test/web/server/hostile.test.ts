import { describe, expect, it } from 'vitest';
import { served, type Asked } from './served.ts';

const { admin, ask } = await served();
const post = (path: string, body: object): [string, string, Asked] => ['POST', path, { key: admin, body }];
const campaign = (more: object): [string, string, Asked] =>
  post('/v1/campaigns', {
    name: 'Soldes',
    purpose: 'marketing',
    text: 'Soldes {stop}',
    audience: { all: true },
    ...more,
  });
const leaving = { phone: '0639980101', purpose: 'marketing' };
const file = (query: string): [string, string, Asked] => [
  'POST',
  `/v1/imports?${query}`,
  { key: admin, raw: 'phone\n0639980101\n', headers: { 'Content-Type': 'text/csv' } },
];
const json = (text: string): string => encodeURIComponent(text);

describe('a moment at the edge of the calendar', () => {
  it.each([
    [
      'in the year 0',
      post('/v1/consents/withdrawals', { ...leaving, channel: 'phone', occurredAt: '0000-01-01T00:00:00Z' }),
    ],
    ['in the year 0 of a list', post('/v1/suppressions', { ...leaving, since: '0000-01-01T00:00:00Z' })],
    ['in the year 10000 of UTC', campaign({ startAt: '9999-12-31T23:59:59-23:59' })],
    ['in the year 10000 of UTC, to end', campaign({ expireAt: '9999-12-31T23:59:59-01:00' })],
    ['on clocks that no place has', campaign({ startAt: '2031-01-01T10:00:00+16:00' })],
    [
      'in a listed zone that no place has',
      ['GET', '/v1/reminder-series?from=2031-01-01T10:00:00%2B23:59', { key: admin }],
    ],
    ['before anybody was born', post('/v1/contacts', { phone: '0639980101', birthDate: '0000-01-01' })],
    ['in a list from the year 0', ['GET', '/v1/reminder-series?from=0000-01-01', { key: admin }]],
    ['in windows from the year 0', ['GET', '/v1/law/windows?from=0000-01-01', { key: admin }]],
  ] as [string, [string, string, Asked]][])('%s is none', async (_, [method, path, asked]) => {
    const { status, body } = await ask(method, path, asked);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
  });
});

describe('a query with a text that nobody could keep', () => {
  it.each([
    ['NUL', file('attributes=%00')],
    ['NUL inside JSON', file(`mapping=${json(String.raw`{"\u0000":"phone"}`)}`)],
    ['NUL as a default', file(`defaults=${json(String.raw`{"wording":"\u0000"}`)}`)],
    ['half a surrogate pair', file(`defaults=${json(String.raw`{"wording":"\ud800"}`)}`)],
    ['JSON without bottom', file(`mapping=${'['.repeat(5_000)}`)],
    ['NUL in a number', ['GET', '/v1/contacts?phone=06%0039980101', { key: admin }]],
  ] as [string, [string, string, Asked]][])('(%s) is refused', async (_, [method, path, asked]) => {
    const { status, body } = await ask(method, path, asked);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
  });
});
