import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { served, type Asked, type Reply } from './served.ts';

const { ask, admin, api, anotherTenant } = await served();
const check = (body: object, more: Asked = {}): Promise<Reply> =>
  ask('POST', '/v1/texts/check', { key: admin, body, ...more });

describe('a text asked about', () => {
  it('is answered as the document shows', async () => {
    const document = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    const { TextQuestion, TextVerdict }: Record<string, { examples: object[] }> = document.components.schemas;
    expect(TextQuestion?.examples).toHaveLength(2);
    for (const [place, asked] of TextQuestion?.examples.entries() ?? [])
      expect((await check(asked, { headers: { 'Accept-Language': 'fr' } })).body).toEqual(
        TextVerdict?.examples[place],
      );
  });

  it('is answered in English to whoever reads English', async () => {
    const asked = { text: 'Votre reçu', purpose: 'payment' };
    const { body } = await check(asked, { headers: { 'Accept-Language': 'en' } });
    expect(body.findings[0]).toMatchObject({ ruleId: 'TXT-02', severity: 'warning', at: 8 });
    expect(body.findings[0].message).toMatch(/^The character/);
  });

  it('weighs as its account ties parts together', async () => {
    const text = `${'a'.repeat(153)}${'b'.repeat(153)}`;
    const parts = async (reference: number) =>
      (await check({ text, purpose: 'marketing', reference })).body.parts;
    expect([await parts(8), await parts(16)]).toEqual([2, 3]);
  });

  it('is judged by the trade of the tenant, unless another is named', async () => {
    const other = await anotherTenant();
    await ask('PATCH', '/v1/tenant', { key: other.key, body: { sector: 'health' } });
    const asked = { text: 'Votre IRM du {date}', purpose: 'appointment' };
    const rules = async (key: string, more = {}) => {
      const { body } = await check({ ...asked, ...more }, { key });
      return body.findings.map(({ code }: { code: string }) => code);
    };
    expect(await rules(other.key)).toContain('HEALTH_WORD');
    expect(await rules(admin)).not.toContain('HEALTH_WORD');
    expect(await rules(other.key, { sector: 'retail' })).not.toContain('HEALTH_WORD');
  });

  it('links to the sites of its tenant, which say so, or to those asked about', async () => {
    const other = await anotherTenant();
    const asked = { text: 'Autre : voir https://ete.autre.fr/a et https://voisin.fr/b', purpose: 'renewal' };
    const strangers = async (more = {}) => {
      const { body } = await check({ ...asked, ...more }, { key: other.key });
      return body.findings.filter(({ code }: { code: string }) => code === 'LINK_NOT_YOURS');
    };
    expect(await strangers()).toEqual([]);
    const { body } = await ask('PATCH', '/v1/tenant', { key: other.key, body: { domains: ['autre.fr'] } });
    expect(body.domains).toEqual(['autre.fr']);
    expect(await strangers()).toEqual([
      expect.objectContaining({ ruleId: 'TXT-04', severity: 'error', in: 'text', at: 39 }),
    ]);
    expect(await strangers({ domains: ['autre.fr', 'voisin.fr'] })).toEqual([]);
  });

  it.each([
    ['an account nobody has', { gateway: 'nobody' }, 422],
    ['a territory of the moon', { territory: 'MOON' }, 400],
    ['a purpose of one’s own', { purpose: 'fun' }, 400],
    ['a day that is none', { startsOn: '2027-02-31' }, 400],
    ['ten thousand characters', { text: 'a'.repeat(10_000) }, 400],
  ])('with %s is refused', async (_what, wrong, status) => {
    const { body, ...answer } = await check({ text: 'Maison : ouvert.', purpose: 'marketing', ...wrong });
    expect([answer.status, typeof body.code]).toEqual([status, 'string']);
  });

  it('costs no transaction once the key is known', async () => {
    Object.assign(api.database, { withTenant: () => Promise.reject(new Error('the database was asked')) });
    expect((await check({ text: 'Maison : ouvert.', purpose: 'marketing' })).status).toBe(200);
  });
});
