import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { aWorld } from '../../../support/world.ts';
import { served, type Asked, type Reply } from '../../server/served.ts';

const { ask, admin, anotherTenant, clock } = await served();
const check = (body: object, more: Asked = {}): Promise<Reply> =>
  ask('POST', '/v1/texts/check', { key: admin, body, ...more });

describe('a text asked about', () => {
  it('is answered as the document shows', async () => {
    const document = JSON.parse(
      await readFile(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'),
    );
    const { TextQuestion, TextVerdict }: Record<string, { examples: object[] }> = document.components.schemas;
    expect(TextQuestion?.examples).toHaveLength(2);
    for (const [place, asked] of TextQuestion?.examples.entries() ?? [])
      expect((await check(asked, { headers: { 'Accept-Language': 'fr' } })).body).toEqual(
        TextVerdict?.examples[place],
      );
  });

  it('is answered in English to English readers', async () => {
    const asked = { text: 'Votre reçu', purpose: 'payment' };
    const { body } = await check(asked, { headers: { 'Accept-Language': 'en' } });
    expect(body.findings[0]).toMatchObject({ ruleId: 'TXT-02', severity: 'warning', at: 8 });
    expect(body.findings[0].message).toMatch(/^The character/);
  });

  it('uses the brand and sender of an id', async () => {
    const put = (id: string, body: object) => ask('PUT', `/v1/brands/${id}`, { key: admin, body });
    const { body: brand } = await put('tables', { name: 'Tables Lumière', sender: 'TABLES' });
    const asked = { text: '-20 % dans nos boutiques', purpose: 'marketing' };
    const byId = await check({ ...asked, brandId: brand.id });
    expect(byId.body).toEqual((await check({ ...asked, brand: 'Tables Lumière', sender: 'TABLES' })).body);
    const codes = byId.body.findings.map(({ code }: { code: string }) => code);
    expect(codes).not.toEqual(
      (await check({ ...asked, text: `Tables Lumière : ${asked.text}`, brandId: brand.id })).body.findings,
    );
    const refused = await Promise.all([
      check({ ...asked, brandId: brand.id, brand: 'Autre' }),
      check({ ...asked, brandId: '018f0000-0000-7000-8000-000000000000' }),
      check({ ...asked, brandId: brand.id }, { key: (await anotherTenant()).key }),
    ]);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'INVALID_REQUEST'],
      [422, 'BRAND_NOT_FOUND'],
      [422, 'BRAND_NOT_FOUND'],
    ]);
  });

  it('weighs as its account ties parts together', async () => {
    const text = `${'a'.repeat(153)}${'b'.repeat(153)}`;
    const parts = async (reference: number) =>
      (await check({ text, purpose: 'marketing', reference })).body.parts;
    expect([await parts(8), await parts(16)]).toEqual([2, 3]);
  });

  it('is judged by its tenant’s or named trade', async () => {
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

  it('links to its tenant’s or named sites', async () => {
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

  it.each([
    ['TILLEULS', 'fr', 'STOP au 36180'],
    ['+33939000001', 'fr', 'Pour ne plus recevoir ces rappels, répondez STOP.'],
    ['+33939000001', 'en', 'Pour ne plus recevoir ces rappels, répondez STOP.'],
    [undefined, 'en', 'STOP au 36180'],
  ])('under %s ends as sent, read in %s', async (sender, language, end) => {
    const asked = { text: 'Votre rendez-vous du {date}.', purpose: 'appointment', sender };
    const { body } = await check(asked, { headers: { 'Accept-Language': language } });
    expect(body.final.text).toMatch(new RegExp(`^Votre rendez-vous du 12/08\\. ${end}$`));
  });

  it.each([
    ['samples without values', {}, 'Dominique, voici 12 rue des Tilleuls'],
    ['alternatives with none', { variables: {} }, 'Chez vous, voici 12 rue des Tilleuls'],
    ['the values', { variables: { firstName: 'Zoé' } }, 'Zoé, voici 12 rue des Tilleuls'],
  ])('is shown with %s', async (_what, given, start) => {
    const asked = { text: '{firstName|Chez vous}, voici {address}.', purpose: 'marketing', ...given };
    expect((await check(asked)).body.final.text).toBe(`${start}. STOP au 36180`);
  });

  it('is exactly the text its campaign sends', async () => {
    const person = { attributes: { firstName: 'Anne' } };
    const contactId = await aWorld({ ask, admin, clock }).agreed('0639987221', { person });
    const asked = {
      text: '{firstName|}, -20 % dès lundi. Cœur de saison',
      purpose: 'marketing',
      sender: 'LUMIERE',
    };
    const audience = { contactIds: [contactId] };
    const made = await ask('POST', '/v1/campaigns', {
      key: admin,
      body: { name: 'Été', ...asked, audience },
    });
    await ask('POST', `/v1/campaigns/${made.body.id}/rehearsal`, { key: admin, body: {} });
    const sent = await ask('GET', `/v1/campaigns/${made.body.id}/examples?clear=true`, { key: admin });
    const { body } = await check({ ...asked, variables: { firstName: 'Anne' } });
    expect(sent.body.cheapest).toMatchObject({ text: body.final.text, parts: body.final.parts });
  });

  it('names an offender exactly when in UCS-2', async () => {
    for (const text of ['Cœur de saison', 'Bonjour {firstName|cœur}', 'Maison : ouvert'])
      for (const variables of [undefined, {}, { firstName: 'Zoë' }]) {
        const { body } = await check({ text, purpose: 'marketing', variables });
        const isDear = body.encoding === 'UCS-2';
        expect([text, variables, body.offenders.length > 0]).toEqual([text, variables, isDear]);
        const costs = body.findings.some(({ code }: { code: string }) => code === 'NOT_GSM7');
        expect([text, variables, costs]).toEqual([text, variables, isDear]);
      }
  });
});
