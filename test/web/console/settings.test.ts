import { expect, it } from 'vitest';
import { consoleServed } from './served.ts';

const { admin, ask, open, send, cookieOf } = await consoleServed();

/** The form as a browser would send it. */
async function form(): Promise<Record<string, string>> {
  const page = await (await open('/settings', cookieOf('admin'))).text();
  const lines = [...page.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)];
  const choices = [...page.matchAll(/<select[^>]* name="([^"]+)"[^>]*>(.*?)<\/select>/g)];
  return {
    ...Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])),
    ...Object.fromEntries(
      choices.map(([, name = '', options = '']) => [
        name,
        /value="([^"]*)" selected/.exec(options)?.[1] ?? '',
      ]),
    ),
  };
}

const typed = { legalName: 'Lumière <SAS>', brand: 'Maison Lumière', approval: '250' };

it.each([
  ['plans.appointment', 'bientôt', 'Des délais comme 2 jours', 'Times such as 2 days'],
  ['contact.url', 'lumiere', 'Une adresse de site', 'The address of a site'],
  ['dataProtectionOfficer.url', 'lumiere', 'Une adresse de site', 'The address of a site'],
  ['timeZone', 'Paris', 'Un fuseau horaire, comme Europe/Paris.', 'A time zone, such as Europe/Paris.'],
  ['name', '', 'À remplir.', 'To be filled in.'],
  ['bases.payment', 'contract', 'Ce changement demande une raison.', 'This change needs a reason.'],
])('a company whose %s is "%s" is refused', async (name, value, french, english) => {
  const before = (await ask('GET', '/v1/tenant', { key: admin })).body;
  for (const [language, said] of [
    ['fr', french],
    ['en', english],
  ] as const) {
    const fields = { ...(await form()), ...typed, [name]: value };
    const cookie = `${cookieOf('admin')}; bonheure_language=${language}`;
    const answer = await send('/settings', fields, { cookie });
    const page = await answer.text();
    expect([400, 422]).toContain(answer.status);
    expect(page).toContain(`id="${name === 'bases.payment' ? 'reason' : name}-error"`);
    expect(page).toContain('value="Lumière &lt;SAS&gt;"');
    expect(page).toContain('value="Maison Lumière"');
    expect(page).toContain('value="250"');
    expect(page).toContain(said);
    expect(page.match(/ autofocus/g)).toHaveLength(1);
    expect(page).not.toMatch(/Enregistré\.|Saved\.|Retour|INVALID_REQUEST/);
  }
  expect((await ask('GET', '/v1/tenant', { key: admin })).body).toEqual(before);
});

it('keeps the data protection officer until emptied', async () => {
  const officer = async (): Promise<unknown> =>
    (await ask('GET', '/v1/tenant', { key: admin })).body.dataProtectionOfficer;
  const cookie = cookieOf('admin');
  const field = 'dataProtectionOfficer.email';
  await send('/settings', { ...(await form()), [field]: 'dpo@lumiere.example' }, { cookie });
  expect(await officer()).toEqual({ email: 'dpo@lumiere.example' });
  expect((await form())[field]).toBe('dpo@lumiere.example');
  await send('/settings', { ...(await form()), [field]: '' }, { cookie });
  expect(await officer()).toBeNull();
});
