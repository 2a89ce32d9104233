import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hears as bring } from '../../console/bring-reply.ts';
import { served } from '../../server/served.ts';

const at = await served();
const { ask, admin, keyOf, anotherTenant } = at;

const hears = (text: string, from = '+33639980042'): Promise<string> => bring(at, { text, from });

const list = async (query = '', key = admin, headers = {}) =>
  (await ask('GET', `/v1/replies${query}`, { key, headers })).body;

describe('a reply that came in', () => {
  it('is listed with the reason for its reading', async () => {
    const id = await hears('Bonjour, arrêtez vos sms');
    const of = async (language: string) =>
      (await list('', admin, { 'Accept-Language': language })).items.find(
        (one: { id: string }) => one.id === id,
      );
    expect(await of('fr')).toMatchObject({
      kind: 'stop',
      from: '+336••••••42',
      because: {
        code: 'FIRST_WORD_OF_FEW',
        ruleId: 'OPT-04',
        words: '2026-12.2',
        text: 'Demande d’arrêt : courte, elle commence par « ARRET » (OPT-04).',
      },
    });
    expect((await of('en')).because.text).toBe('A request to stop: short, it begins with "ARRET" (OPT-04).');
  });

  it('waits when unclear', async () => {
    const doubtful = await hears('laissez-moi tranquille');
    const plain = await hears('merci !', '+33639980043');
    const ids = (await list('?unclear=true')).items.map(({ id }: { id: string }) => id);
    expect(ids).toContain(doubtful);
    expect(ids).not.toContain(plain);
  });

  it('is shown in clear by audited roles only', async () => {
    const id = await hears('Je m’oppose');
    const asked = (key: string, headers = {}) => ask('GET', `/v1/replies/${id}?clear=true`, { key, headers });
    expect((await asked(admin)).body).toMatchObject({ from: '+33639980042', text: 'Je m’oppose' });
    const [operator, auditor] = [await keyOf('operator'), await keyOf('auditor')];
    expect((await asked(operator)).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await asked(auditor)).body.code).toBe('REASON_NEEDED');
    expect((await asked(auditor, { 'X-Reason': 'complaint 12' })).status).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const reads = items.filter(({ action }: { action: string }) => action === 'reply.text-read');
    expect(reads.map(({ details }: { details: object }) => details)).toEqual([
      {},
      { reason: 'complaint 12' },
    ]);
  });

  it('is hidden from others', async () => {
    const id = await hears('stop');
    const { key } = await anotherTenant();
    expect((await list('', key)).items).toEqual([]);
    expect((await ask('GET', `/v1/replies/${id}`, { key })).status).toBe(404);
  });

  it.each([
    ['no name at all', '/v1/replies/none', 404],
    ['a name of nothing', `/v1/replies/${randomUUID()}`, 404],
    ['an unclear answer', '/v1/replies?unclear=perhaps', 400],
  ])('asked for by %s is refused', async (_what, path, status) => {
    expect((await ask('GET', path, { key: admin })).status).toBe(status);
  });
});
