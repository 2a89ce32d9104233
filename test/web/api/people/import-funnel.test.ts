import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { served } from '../../server/served.ts';

const octo = {
  name: 'octo',
  kind: 'octopush',
  default: true,
  baseUrl: 'http://127.0.0.1:9/v1/public',
  credentials: { login: 'boutique@example.test', key: 'k' },
  inboundSecret: 'a-secret-of-22-or-more-characters',
};
const sandbox = { name: 'sandbox', kind: 'sandbox', stopCode: '36180' };

const { ask, admin, api, database, tenantId } = await served({
  gateways: [octo, sandbox],
  lawAt: '2026-11-24T10:00:00+01:00',
});

/** A file of two people who agreed to those words. */
async function fileOf(wordingId: string, phones: readonly [string, string]): Promise<string> {
  const rows = phones.map((phone) => `${phone};04/03/2026 10:00;bulletin;${wordingId};B-${phone.slice(-2)}`);
  const raw = ['portable;date optin;methode;id texte optin;ref bulletin', ...rows].join('\n');
  const taken = await ask('POST', '/v1/imports', {
    key: admin,
    raw,
    headers: { 'Content-Type': 'text/csv' },
  });
  const importId = String(taken.body.id);
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  await readImport({ database, clock: api.clock, keysOf }, { tenantId, importId });
  return importId;
}

async function wordingOf(brandId?: string): Promise<string> {
  const { body } = await ask('POST', '/v1/wordings', {
    key: admin,
    body: {
      purpose: 'marketing',
      locale: 'fr',
      text: `J’accepte les offres ${brandId ?? 'de Ma société'} par SMS. STOP pour arrêter.`,
      inUseFrom: '2024-01-01T00:00:00Z',
      ...(brandId !== undefined && { brandId }),
    },
  });
  return String(body.id);
}

const funnel = async (importId: string) => {
  const { body } = await ask('GET', `/v1/imports/${importId}/funnel`, { key: admin });
  return { people: body.people, sendable: body.sendable, notSendable: body.notSendable };
};

describe('the funnel of a file of people', () => {
  it('asks simulated people’s reasons of the advertising account', async () => {
    const importId = await fileOf(await wordingOf(), ['06 39 98 63 01', '06 39 98 63 02']);
    await database.withTenant(tenantId, (tx) => tx.run(sql`UPDATE contact SET simulated = true`));
    expect(await funnel(importId)).toEqual({ people: 2, sendable: 0, notSendable: { SIMULATED: 2 } });
    await ask('PUT', '/v1/routes', { key: admin, body: { marketing: 'sandbox' } });
    expect(await funnel(importId)).toEqual({ people: 2, sendable: 2, notSendable: {} });
  });

  it('counts whoever agreed to one of several brands', async () => {
    const put = (name: string) => ask('PUT', `/v1/brands/${name}`, { key: admin, body: { name } });
    const [lamps] = [await put('Lampes'), await put('Tapis')];
    const importId = await fileOf(await wordingOf(String(lamps.body.id)), [
      '06 39 98 63 03',
      '06 39 98 63 04',
    ]);
    expect(await funnel(importId)).toEqual({ people: 2, sendable: 2, notSendable: {} });
    const { body } = await ask('GET', `/v1/imports/${importId}/not-sendable`, { key: admin });
    expect(body.items).toEqual([]);
  });
});
