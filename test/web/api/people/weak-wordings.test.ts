import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, api, database, tenantId } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const post = (path: string, body: object): Promise<Reply> => ask('POST', path, { key: admin, body });
const patch = (body: object): Promise<Reply> => ask('PATCH', '/v1/tenant', { key: admin, body });
const WEAK = 'J’accepte.';
const SOUND = 'J’accepte de recevoir par SMS les offres de Ma société. STOP pour arrêter.';

const agrees = (phone: string, wordingId: string): Promise<Reply> =>
  post('/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId,
    method: 'paper',
    grantedAt: '2026-11-02T10:00:00+01:00',
    evidence: { documentRef: `B-${phone}` },
  });

async function imported(text: string): Promise<Reply> {
  const raw = `telephone;date_optin;source_optin;texte_optin;ref_bulletin\n0639980621;04/03/2026;caisse;${text};B-9\n`;
  const headers = { 'Content-Type': 'text/csv' };
  const { body } = await ask('POST', '/v1/imports', { key: admin, raw, headers });
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  await readImport({ database, clock: api.clock, keysOf }, { tenantId, importId: body.id });
  return ask('GET', `/v1/imports/${body.id}`, { key: admin });
}

describe('a tenant that refuses words which lack something', () => {
  it('refuses new consents, and keeps old ones', async () => {
    const weak = await post('/v1/wordings', { purpose: 'marketing', text: WEAK });
    expect([weak.status, weak.body.findings.length > 0]).toEqual([201, true]);
    const before = await agrees('0639980611', String(weak.body.id));
    expect((await patch({ weakWordings: 'refused' })).body.weakWordings).toBe('refused');

    const refused = await agrees('0639980612', String(weak.body.id));
    expect([refused.status, refused.body.code]).toEqual([422, 'WORDING_WEAK']);
    const found = await post('/v1/contacts/search', { phone: '0639980612' });
    expect(found.body.items).toEqual([]);
    const kept = await ask('GET', `/v1/contacts/${before.body.contactId}/consents`, { key: admin });
    expect(kept.body.purposes.marketing.sendable).toBe(true);
  });

  it('refuses such a wording, naming what it lacks', async () => {
    const { status, body } = await post('/v1/wordings', { purpose: 'marketing', text: `${WEAK} Oui.` });
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'WORDING_WEAK', '/text']);
    const { items } = (await ask('GET', '/v1/wordings', { key: admin })).body;
    expect(items).toHaveLength(1);
  });

  it('rejects rows with it, and shows no form', async () => {
    expect((await imported(WEAK)).body).toMatchObject({ accepted: 0, rejectedBy: { WORDING_WEAK: 1 } });
    const [{ id: wordingId }] = (await ask('GET', '/v1/wordings', { key: admin })).body.items;
    const form = await post('/v1/forms', {
      slug: 'noel',
      title: 'Noël',
      company: { name: 'Ma société', contact: { phone: '01 42 68 53 00' } },
      purposes: [{ purpose: 'marketing', wordingId }],
    });
    expect([form.status, form.body.code]).toEqual([422, 'WORDING_WEAK']);
  });

  it('accepts consents to sound wordings', async () => {
    const sound = await post('/v1/wordings', { purpose: 'marketing', text: SOUND });
    expect([sound.status, sound.body.findings]).toEqual([201, []]);
    expect((await agrees('0639980613', String(sound.body.id))).status).toBe(201);
  });
});
