import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aFormWorld } from '../../public/form-world.ts';

const world = await aFormWorld();

/** What the accounts of the instance say of the company behind them. */
const accountsSay = (name: string | null, country: string | null, fake = false): Promise<unknown> =>
  world.api.database.withTenant(world.api.tenantId, (tx) =>
    tx.run(
      sql`UPDATE gateway_account SET processor_name = ${name}, processor_country = ${country}, fake = ${fake}`,
    ),
  );

const defaultIs = (name: string): Promise<unknown> =>
  world.api.database.withTenant(world.api.tenantId, (tx) =>
    tx.run(sql`UPDATE gateway_account SET is_default = name = ${name}`),
  );

const basis = (kind: string, country: string): Promise<unknown> =>
  world.api.database.withTenant(world.api.tenantId, (tx) =>
    tx.run(sql`
      INSERT INTO transfer_basis (tenant_id, account_id, basis, document_ref, country, recorded_at, recorded_by)
      SELECT ${tx.tenantId}::uuid, id, ${kind}, 'DPA-1', ${country}, now(), 'a test' FROM gateway_account
      ON CONFLICT (tenant_id, account_id) DO UPDATE SET basis = excluded.basis, country = excluded.country`),
  );

const officer = (dataProtectionOfficer: unknown) =>
  world.ask('PATCH', '/v1/tenant', { dataProtectionOfficer });

/** What a page says, without its marks. */
async function said(path: string): Promise<string> {
  const { html } = await world.visitor.get(path);
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', '’')
    .replaceAll(/\s+/g, ' ');
}

const actorAndVersion = (entry: { actor: string; details: { version: number } }) => [
  entry.actor,
  entry.details.version,
];

const pages = ['', '/sheet'].map((end) => [end === '' ? 'page' : 'sheet', end] as const);

describe.each(pages)('the %s of a form', (_, end) => {
  const where = (language: string): string => `${world.path}${end}?lang=${language}`;

  it('claims no transfers for an unknown operator', async () => {
    await accountsSay(null, null);
    const text = await said(where('fr'));
    expect(text).toContain('Maison Lumière SAS et l’opérateur qui achemine ses SMS.');
    expect(text).not.toContain('Espace économique européen');
  });

  it.each([
    ['fr', 'FR', 'Octopush SAS (France)', 'à personne hors de l’Espace économique européen'],
    ['en', 'France', 'Octopush SAS (France)', 'to nobody outside the European Economic Area'],
  ])('names a European operator, in %s', async (language, country, name, transfers) => {
    await accountsSay('Octopush SAS', country);
    const text = await said(where(language));
    expect(text).toContain(name);
    expect(text).toContain(transfers);
  });

  it.each([
    [
      'standard-clauses',
      'Twilio Inc. (États-Unis), clauses contractuelles types de la Commission européenne.',
      true,
    ],
    ['adequacy', 'Twilio Inc. (États-Unis), décision d’adéquation de la Commission européenne.', true],
    ['derogation', 'Twilio Inc. (États-Unis), dérogation de l’article 49 du RGPD.', false],
  ])('says why data leaves the area: %s', async (kind, sentence, hasCopy) => {
    await accountsSay('Twilio Inc.', 'US');
    await basis(kind, 'US');
    const text = await said(where('fr'));
    expect(text).toContain(`Hors de l’Espace économique européen : ${sentence}`);
    expect(text.includes('Pour obtenir une copie des garanties')).toBe(hasCopy);
  });

  it('does not reuse another country’s basis', async () => {
    await accountsSay('Twilio Inc.', 'US');
    await basis('standard-clauses', 'GB');
    expect(await said(where('en'))).toContain(
      'Outside the European Economic Area: Twilio Inc. (United States).',
    );
  });

  it.each([
    ['fr', 'La publicité s’arrête au plus tard 2 ans après votre dernier signe de vie'],
    ['en', 'Advertising ends at the latest 2 years after your last sign of life'],
  ])('says when advertising ends by silence, in %s', async (language, sentence) => {
    expect(await said(where(language))).toContain(sentence);
  });

  it('shows how to reach the data protection officer', async () => {
    await officer({ email: 'dpo@lumiere.example' });
    const text = await said(where('fr'));
    expect(text).toContain('Délégué à la protection des données dpo@lumiere.example');
    expect(text).toMatch(/vous y opposer : dpo@lumiere\.example\./);
    await officer(null);
    expect(await said(where('fr'))).not.toContain('dpo@lumiere.example');
  });
});

describe('what a form tells', () => {
  it('is nothing of operators while all are fake', async () => {
    await accountsSay('Octopush SAS', 'FR', true);
    const form = await world.aForm({ slug: 'fake' });
    expect((await world.ask('GET', `/v1/forms/${form.id}`)).body.disclosure).toEqual({
      dataProtectionOfficer: null,
      processors: [],
      othersAbroad: false,
    });
  });

  it('names the code’s carrier without overclaiming', async () => {
    await accountsSay('Octopush SAS', 'FR');
    await world.api.database.withTenant(world.api.tenantId, async (tx) => {
      await tx.run(sql`
        INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, processor_name, processor_country, is_default, updated_at)
        VALUES (gen_random_uuid(), 'far', 'twilio', false, 1, 'Twilio Inc.', 'US', false, now())`);
    });
    const form = await world.aForm({ slug: 'far' });
    const shown = await said(`/f/${form.slug}?lang=en`);
    expect(shown).toContain('Octopush SAS (France)');
    expect(shown).not.toContain('European Economic Area');
    const near: string = (await world.ask('GET', '/v1/gateways')).body[0].name;
    expect((await world.ask('PUT', '/v1/routes', { default: near })).status).toBe(200);
    await defaultIs('far');
    expect(await said(`/f/${form.slug}?lang=en`)).toContain('Twilio Inc. (United States)');
    const unconfirmed = await world.aForm({ slug: 'off', confirm: 'off' });
    expect(await said(`/f/${unconfirmed.slug}?lang=en`)).not.toContain('Twilio Inc. (United States)');
    await defaultIs(near);
    await world.api.database.withTenant(world.api.tenantId, (tx) =>
      tx.run(sql`UPDATE gateway_account SET fake = true WHERE name = 'far'`),
    );
  });

  it.each([
    ['PROCESSOR_UNKNOWN', null, null],
    ['TRANSFER_BASIS_UNSAID', 'Sinch AB', 'CH'],
  ])('has the finding %s', async (code, name, country) => {
    await accountsSay(name, country);
    const form = await world.aForm({ slug: 'found' });
    expect(form.findings.map((finding) => finding.code)).toContain(code);
  });

  it('changes by version, and signatures keep theirs', async () => {
    await accountsSay('Octopush SAS', 'FR');
    const form = await world.aForm({ slug: 'changes' });
    await said(`/f/${form.slug}`);
    expect((await world.ask('GET', `/v1/forms/${form.id}`)).body.version).toBe(1);
    await accountsSay('OVH SAS', 'FR');
    await Promise.all(['', '/sheet', '?lang=en'].map((end) => said(`/f/${form.slug}${end}`)));
    const { items } = (await world.ask('GET', `/v1/forms/${form.id}/versions`)).body;
    expect(
      items.map(
        (one: { disclosure: { processors: { name: string }[] } }) => one.disclosure.processors[0]?.name,
      ),
    ).toEqual(['Octopush SAS', 'OVH SAS']);
    const audit = (await world.ask('GET', '/v1/audit?limit=500')).body.items;
    expect(
      audit.filter(({ subject }: { subject: string }) => subject === form.id).map(actorAndVersion),
    ).toEqual([
      [expect.stringMatching(/^key:/), 1],
      ['system', 2],
    ]);
  });

  it('has its officer in the register too', async () => {
    await officer({ email: 'dpo@lumiere.example', phone: '01 42 68 53 01' });
    const { controller } = (await world.ask('GET', '/v1/register')).body;
    expect(controller.dataProtectionOfficer).toEqual({
      email: 'dpo@lumiere.example',
      phone: '01 42 68 53 01',
    });
    expect((await world.ask('GET', '/v1/tenant')).body.dataProtectionOfficer).toEqual({
      email: 'dpo@lumiere.example',
      phone: '01 42 68 53 01',
    });
    expect((await officer({})).status).toBe(400);
  });
});
