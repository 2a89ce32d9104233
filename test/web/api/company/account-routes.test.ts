import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aWorld } from '../../../support/world.ts';
import { served } from '../../server/served.ts';

const inboundSecret = 'a-secret-of-22-or-more-characters';
const octo = {
  name: 'octo',
  kind: 'octopush',
  baseUrl: 'http://127.0.0.1:9/v1/public',
  credentials: { login: 'cabinet@example.test', key: 'k' },
  inboundSecret,
  price: { perPart: '0.055', currency: 'EUR', byTerritory: { RE: '0.12' } },
};
const twil = {
  name: 'twil',
  kind: 'twilio',
  baseUrl: 'http://127.0.0.1:9',
  credentials: { accountSid: 'AC00', authToken: 't', from: '+33937000000' },
  inboundSecret,
  processor: { name: 'Twilio Inc.', country: 'US' },
};
const ovh = {
  name: 'ovh',
  kind: 'ovh',
  baseUrl: 'http://127.0.0.1:9/1.0',
  credentials: { applicationKey: 'a', applicationSecret: 'b', consumerKey: 'c', serviceName: 'd' },
  inboundSecret,
  stopCode: '36180',
  processor: { name: 'OVH SAS', country: 'France' },
};
const smsc = {
  name: 'smsc',
  kind: 'smpp',
  baseUrl: 'smpp://127.0.0.1:9',
  credentials: { systemId: 'cabinet', password: 'p' },
  inboundSecret,
  stopCode: '36190',
  price: { perPart: '0.07', currency: 'EUR' },
  processor: { name: 'SMSC', country: 'FR' },
};
const sandbox = { name: 'sandbox', kind: 'sandbox', default: true, stopCode: '36180' };

const { ask, api, database, anotherTenant } = await served({ gateways: [sandbox, octo, twil, ovh, smsc] });

const asked = (gateway: string) => ({
  name: 'Rentrée',
  purpose: 'marketing',
  sender: 'CABINET',
  text: 'Cabinet : nos nouveautés de rentrée en boutique. {stop}',
  audience: { all: true },
  gateway,
});

/** A controller who said who it is, in a sector. */
async function aTenant(sector: string): Promise<string> {
  const { key } = await anotherTenant();
  const body = {
    legalName: 'Cabinet SARL',
    brand: 'Cabinet',
    contact: { phone: '0140000000' },
    sender: 'CABINET',
    sector,
  };
  await ask('PATCH', '/v1/tenant', { key, body });
  return key;
}

describe('the route of a tenant', () => {
  it('applies to new campaigns unless they choose', async () => {
    const key = await aTenant('general');
    const made = async (more: object): Promise<string> =>
      (await ask('POST', '/v1/campaigns', { key, body: { ...asked('x'), gateway: undefined, ...more } })).body
        .id;
    const accountOf = async (id: string) => {
      const tenantId: string = (await ask('GET', '/v1/tenant', { key })).body.id;
      const row = await database.withTenant(tenantId, (tx) =>
        tx.first(
          sql<{
            name: string;
          }>`SELECT g.name FROM campaign c JOIN gateway_account g ON g.id = c.account_id WHERE c.id = ${id}`,
        ),
      );
      return row?.name;
    };
    expect(await accountOf(await made({}))).toBe('sandbox');

    const routes = { marketing: 'octo', default: 'ovh' };
    expect((await ask('PUT', '/v1/routes', { key, body: routes })).body).toEqual(routes);
    expect((await ask('GET', '/v1/routes', { key })).body).toEqual(routes);
    expect(await accountOf(await made({}))).toBe('octo');
    expect(await accountOf(await made({ gateway: 'sandbox' }))).toBe('sandbox');
  });

  it('may name several accounts, and by territory', async () => {
    const key = await aTenant('general');
    const routes = {
      marketing: ['octo', 'smsc'],
      byTerritory: { GP: { marketing: 'smsc' } },
      failOver: ['marketing'],
    };
    expect((await ask('PUT', '/v1/routes', { key, body: routes })).body).toEqual(routes);
    expect((await ask('GET', '/v1/routes', { key })).body).toEqual(routes);
    const made = await ask('POST', '/v1/campaigns', { key, body: { ...asked('x'), gateway: undefined } });
    expect(made.status).toBe(201);

    const tenantId: string = (await ask('GET', '/v1/tenant', { key })).body.id;
    const kept = await database.withTenant(tenantId, (tx) =>
      tx.first(sql<{ route: { routed: boolean; byTerritory: Record<string, { price: string }> } }>`
        SELECT route FROM campaign WHERE id = ${made.body.id}`),
    );
    expect(kept?.route.routed).toBe(true);
    expect(Object.entries(kept?.route.byTerritory ?? {}).map(([place, { price }]) => [place, price])).toEqual(
      [
        ['GP', '0.07'],
        ['RE', '0.12'],
      ],
    );
  });

  it('is rehearsed at its account’s price', async () => {
    const key = await aTenant('general');
    const post = (path: string, body: object) => ask('POST', path, { key, body });
    const world = aWorld({ ask, admin: key, clock: api.clock });
    const person = { territory: 'RE', timeZone: 'Indian/Reunion' };
    const contactIds = [await world.agreed('+33639987401'), await world.agreed('+33639987402', { person })];
    const routes = { marketing: 'octo', byTerritory: { RE: { marketing: 'smsc' } } };
    await ask('PUT', '/v1/routes', { key, body: routes });
    const about = { ...asked('x'), gateway: undefined, audience: { contactIds } };
    const { body: made } = await post('/v1/campaigns', about);
    const { body: rehearsed } = await post(`/v1/campaigns/${made.id}/rehearsal`, {});

    expect(rehearsed).toMatchObject({ parts: 2, cost: { amount: '0.125', currency: 'EUR' } });
  });

  it('is held to its dearest account’s price', async () => {
    const key = await aTenant('general');
    const post = (path: string, body: object) => ask('POST', path, { key, body });
    // Lives on the mainland: the account of the mainland carries the message, at its price for Réunion.
    const world = aWorld({ ask, admin: key, clock: api.clock });
    await world.agreed('+262692987403', { person: { postalCode: '75001' } });
    const routes = { marketing: 'octo', byTerritory: { RE: { marketing: 'smsc' } } };
    await ask('PUT', '/v1/routes', { key, body: routes });
    const approval = { cost: { amount: '0.10', currency: 'EUR' } };
    await ask('PATCH', '/v1/tenant', { key, body: { approval } });
    const { body: made } = await post('/v1/campaigns', {
      ...asked('x'),
      gateway: undefined,
      audience: { all: true },
      maxParts: 1,
    });
    const { body: shown } = await ask('GET', `/v1/campaigns/${made.id}`, { key });
    expect(shown.approval).toMatchObject({ needed: true, cost: { amount: '0.12', currency: 'EUR' } });
  });

  it.each([
    ['a short code one of them ignores', { text: 'Cabinet : soldes. STOP au 36180' }, 'OPT_OUT_IMPOSSIBLE'],
    ['a budget one of them cannot count', { budget: { amount: '10', currency: 'USD' } }, 'INVALID_REQUEST'],
  ])('carries no campaign with %s', async (_what, more, code) => {
    const key = await aTenant('general');
    await ask('PUT', '/v1/routes', { key, body: { marketing: ['sandbox', 'smsc'] } });
    const body = { ...asked('x'), gateway: undefined, ...more };
    expect((await ask('POST', '/v1/campaigns', { key, body })).body.code).toBe(code);
    expect(
      (await ask('POST', '/v1/campaigns', { key, body: { ...asked('x'), gateway: undefined } })).status,
    ).toBe(201);
  });

  it('launches only when every account proved STOP', async () => {
    const key = await aTenant('general');
    const launched = async (failOver: readonly string[]) => {
      await ask('PUT', '/v1/routes', { key, body: { marketing: ['sandbox', 'smsc'], failOver } });
      const { body } = await ask('POST', '/v1/campaigns', {
        key,
        body: { ...asked('x'), gateway: undefined },
      });
      return (await ask('POST', `/v1/campaigns/${body.id}/launch`, { key, body: {} })).body;
    };
    expect(await launched(['marketing'])).toMatchObject({ code: 'STOP_PATH_UNPROVEN', gateway: 'smsc' });
    expect(await launched([])).toMatchObject({ status: 'running' });
  });

  it.each([
    [{ marketing: ['octo', 'octo'] }],
    [{ marketing: [] }],
    [{ byTerritory: { XX: { marketing: 'octo' } } }],
    [{ failOver: ['advertising'] }],
  ])('is none of %o', async (body) => {
    const key = await aTenant('general');
    expect((await ask('PUT', '/v1/routes', { key, body })).body.code).toBe('INVALID_REQUEST');
  });

  it('leads to no unknown account, nor too far', async () => {
    const key = await aTenant('health');
    const put = (body: object) => ask('PUT', '/v1/routes', { key, body });

    expect((await put({ marketing: 'nobody' })).body).toMatchObject({
      code: 'GATEWAY_NOT_FOUND',
      errors: [{ pointer: '/marketing' }],
    });
    expect((await put({ default: 'twil' })).body.code).toBe('TRANSFER_BASIS_MISSING');
    expect((await put({ default: ['ovh', 'twil'] })).body.code).toBe('TRANSFER_BASIS_MISSING');
    expect((await put({ byTerritory: { RE: { renewal: ['ovh', 'nobody'] } } })).body).toMatchObject({
      code: 'GATEWAY_NOT_FOUND',
      errors: [{ pointer: '/byTerritory/RE/renewal/1' }],
    });
    expect((await ask('GET', '/v1/routes', { key })).body).toEqual({});
  });
});
