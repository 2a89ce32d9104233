import { describe, expect, it } from 'vitest';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { consoleServed } from './served.ts';

const { api, database, tenantId, origin, open, cookieOf } = await consoleServed();

/** Drops a file on the page of imports. */
function drop(
  name: string,
  bytes: Buffer | string,
  { language = 'fr', kind = 'contacts' } = {},
): Promise<Response> {
  const body = new FormData();
  body.set('file', new Blob([Buffer.from(bytes)]), name);
  const cookie = `${cookieOf('marketer')}; bonheure_language=${language}`;
  return fetch(`${origin}/console/imports?kind=${kind}`, {
    method: 'POST',
    body,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    redirect: 'manual',
  });
}

/** Presses the button that cancels an import. */
const press = (where: string, fields: Record<string, string>): Promise<Response> =>
  fetch(`${origin}/console${where}/cancellation`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { cookie: cookieOf('marketer'), 'sec-fetch-site': 'same-origin' },
    redirect: 'manual',
  });

describe('the wrong file, dropped on the console', () => {
  it.each([
    ['fr', /id="file-error">Ce fichier n’est pas un CSV.*Reçu : un classeur Excel \(\.xlsx\)\. Attendu/],
    ['en', /id="file-error">This is no CSV file.*Found: an Excel workbook \(\.xlsx\)\. Expected/],
  ])('is named beside the file: %s', async (language, words) => {
    const answer = await drop('clients.xlsx', 'PK\u0003\u0004 xl/workbook.xml', { language });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(words);
  });

  it('is cancelled in two presses before reading', async () => {
    const dropped = await drop('clients.csv', 'telephone;prenom\n06 39 98 00 11;Chloé\n');
    const where = (dropped.headers.get('location') ?? '').slice('/console'.length);
    const cookie = cookieOf('marketer');
    expect(await (await open(where, cookie)).text()).toContain('Annuler l’import');
    const question = await (await press(where, {})).text();
    expect(question).toContain('Annuler cet import ?');
    expect(await (await open(where, cookie)).text()).toContain('<strong>attend son tour</strong>');
    expect((await press(where, { sure: 'yes' })).status).toBe(303);
    const after = await (await open(where, cookie)).text();
    expect(after).toContain('<strong>annulé</strong>');
    expect(after).not.toContain('Annuler l’import');
  });

  it('of opt-outs is cancelled only when explicit', async () => {
    const dropped = await drop('partis.csv', 'telephone\n06 39 98 00 12\n', { kind: 'suppressions' });
    const where = (dropped.headers.get('location') ?? '').slice('/console'.length);
    expect(await (await press(where, {})).text()).toContain('Renvoyez d’abord le fichier corrigé');
    expect((await press(where, { sure: 'yes' })).status).toBe(303);
    expect(await (await open(where, cookieOf('marketer'))).text()).toContain('<strong>annulé</strong>');
  });

  it('names the line that does not end', async () => {
    const answer = await drop('clients.csv', `"telephone${'x'.repeat(600_000)}`);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(
      /id="file-error">.*guillemet est resté ouvert.*La première ligne ne finit pas/,
    );
  });

  it.each([
    ['fr', /class="alert">Aucune colonne n’est connue.*Trouvé : 2 titres à la ligne 1/],
    ['en', /class="alert">No column is known.*Found: 2 headings on line 1/],
  ])('leads to a page saying why: %s', async (language, words) => {
    const where = (await drop('clients.csv', 'nom;prenom\nDupont;Ana\n')).headers.get('location') ?? '';
    const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
    const importId = where.split('/').at(-1) ?? '';
    await readImport({ database, clock: api.clock, keysOf }, { tenantId, importId });
    const cookie = `${cookieOf('marketer')}; bonheure_language=${language}`;
    const page = await open(where.slice('/console'.length), cookie);
    expect(await page.text()).toMatch(words);
  });
});
