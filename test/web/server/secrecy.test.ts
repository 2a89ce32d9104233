import { describe, expect, it } from 'vitest';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { served } from './served.ts';

const CREDENTIAL = 'the-key-that-nobody-sees';
const octopush = {
  name: 'octo',
  kind: 'octopush',
  baseUrl: 'http://127.0.0.1:9/v1/public',
  credentials: { login: 'cabinet@example.test', key: CREDENTIAL },
  inboundSecret: 'a-secret-of-22-or-more-characters',
  processor: { name: 'Octopush', country: 'France' },
};
const sandbox = { name: 'sandbox', kind: 'sandbox', default: true, stopCode: '36180' };
const { ask, admin, url, keyOf, anotherTenant, instanceKey, inboundSecret } = await served({
  lawAt: '2026-11-24T10:00:00+01:00',
  gateways: [sandbox, octopush],
});
const second = (await anotherTenant()).key;

/** Something of each kind that an address names. */
async function things(key: string): Promise<Record<string, string>> {
  const make = async (path: string, body: object): Promise<string> =>
    (await ask('POST', path, { key, body })).body.id;
  await ask('PUT', '/v1/practices/tilleuls', { key, body: { name: 'Cabinet des Tilleuls' } });
  await ask('PUT', '/v1/brands/tilleuls', { key, body: { name: 'Tilleuls' } });
  const wording = await make('/v1/wordings', {
    purpose: 'marketing',
    text: 'J’accepte de recevoir les offres de Ma société par SMS.',
  });
  const booked = async (resource: string, more: object): Promise<string> => {
    const body = { contact: { phone: '0639980001' }, practice: 'tilleuls', ...more };
    return (await ask('PUT', `/v1/${resource}/x`, { key, body })).body.id;
  };
  await booked('subscriptions', { renewsOn: '2028-10-19', refuseBy: '2028-08-20' });
  await booked('payment-plans', { instalments: [{ number: 1, dueOn: '2028-01-12', amount: '49.00' }] });
  const csv = { raw: 'telephone;prenom\n0639980002;Rose\n', headers: { 'Content-Type': 'text/csv' } };
  return {
    contacts: await make('/v1/contacts', { phone: '0639980001' }),
    wordings: wording,
    imports: (await ask('POST', '/v1/imports', { key, ...csv })).body.id,
    campaigns: await make('/v1/campaigns', {
      name: 'x',
      purpose: 'marketing',
      text: 'Ma société : -10 % samedi. {stop}',
      audience: { all: true },
    }),
    webhooks: await make('/v1/webhooks', { url: 'http://127.0.0.1:9/hook', events: ['series.ended'] }),
    'reminder-series': await booked('appointments', { startsAt: '2028-10-24T11:00' }),
  };
}

/** The first piece of an answer, however long it would go on. */
async function beginningOf(path: string, key: string): Promise<{ status: number; text: string }> {
  const headers = { Authorization: `Bearer ${key}`, 'X-Reason': 'a test' };
  const answer = await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
  const isEndless = answer.headers.get('content-type')?.includes('event-stream') === true;
  if (!isEndless) return { status: answer.status, text: await answer.text() };
  const reader = answer.body?.getReader();
  const piece = await reader?.read();
  await reader?.cancel();
  return { status: answer.status, text: Buffer.from(piece?.value ?? []).toString() };
}

const QUERIES: Record<string, string> = {
  '/v1/reports/compliance': '?from=2026-11-01&to=2026-12-01',
  '/v1/reports/sends': '?from=2026-11-01&to=2026-12-01',
  '/v1/reports/shadow': '?from=2026-11-01&to=2026-12-01',
  '/v1/reports/shadow/messages': '?from=2026-11-01&to=2026-12-01',
  '/v1/law/holidays': '?territory=FR&year=2027',
};

/** Every address that is read, with something of the tenant in the place of each name. */
const readable = (own: Readonly<Record<string, string>>): string[] =>
  allRoutes
    .filter(({ method }) => method === 'get')
    .map(({ path }) => {
      const kind = path.split('/')[2] ?? '';
      const id = own[kind] ?? '018f0000-0000-7000-8000-000000000000';
      const name = kind === 'practices' ? 'tilleuls' : 'x';
      return `${path.replace('{id}', id).replace('{externalId}', name)}${QUERIES[path] ?? ''}`;
    });

describe('the secrets of an instance that two tenants share', () => {
  it('stand in no answer to either of them', async () => {
    const [ours, theirs] = [await things(admin), await things(second)];
    const roles = ['marketer', 'scheduler', 'operator', 'auditor'];
    const readers: [string, Record<string, string>][] = [
      [admin, ours],
      [second, theirs],
      ...(await Promise.all(roles.map(async (role) => [await keyOf(role), ours] as const))).map(
        ([key, own]): [string, Record<string, string>] => [key, own],
      ),
    ];
    const secrets = [inboundSecret, octopush.inboundSecret, instanceKey, CREDENTIAL, admin, second];
    const told: string[] = [];
    const statuses = new Map<number, number>();
    for (const [key, own] of readers)
      for (const path of readable(own)) {
        const { status, text } = await beginningOf(path, key);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (secrets.some((secret) => text.includes(secret))) told.push(path);
      }
    expect(told).toEqual([]);
    expect(Math.max(...statuses.keys())).toBeLessThan(500);
    expect(statuses.get(200)).toBeGreaterThan(200);
  });

  it('are shown to the instance for its operator', async () => {
    expect((await beginningOf('/v1/gateways', instanceKey)).text).toContain(inboundSecret);
  });
});
