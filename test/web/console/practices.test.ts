import { describe, expect, it } from 'vitest';
import { consoleServed } from './served.ts';

const { admin, ask, open, send, cookieOf } = await consoleServed();
const cookie = `${cookieOf('admin')}; bonheure_language=fr`;

const page = async (path: string, as = cookie) => (await open(path, as)).text();
const sent = async (path: string, fields: Record<string, string>, as = cookie) => {
  const answer = await send(path, fields, { cookie: as });
  return { status: answer.status, to: answer.headers.get('location'), page: await answer.text() };
};
const kept = async (id: string) =>
  (await ask('GET', `/v1/practices/${encodeURIComponent(id)}`, { key: admin })).body;

const TILLEULS = {
  id: 'lyon 3/a',
  name: 'Cabinet des <Tilleuls>',
  phone: '04 78 00 00 00',
  address: '3 rue des Tilleuls, Lyon',
  sender: 'TILLEULS',
  territory: 'RE',
  timeZone: 'Indian/Reunion',
};

describe('the page of practices', () => {
  it('is in the menu, and makes a practice', async () => {
    expect(await page('')).toContain('<a href="/console/practices">Cabinets</a>');
    expect(await page('/practices')).toContain('Aucun cabinet');
    expect((await sent('/practices', TILLEULS)).to).toBe('/console/practices');
    const { id, ...facts } = TILLEULS;
    expect(await kept(id)).toMatchObject({ externalId: id, displayName: facts.name, ...facts });
    const list = await page('/practices');
    expect(list).toContain('href="/console/practices/lyon%203%2Fa">Cabinet des &lt;Tilleuls&gt;</a>');
    expect(list).toContain('04 78 00 00 00');
  });

  it('changes one and keeps hidden fields', async () => {
    const more = {
      name: 'Gerland',
      displayName: 'Cabinet Gerland',
      sector: 'health',
      phone: '04 78 00 00 01',
    };
    await ask('PUT', '/v1/practices/gerland', { key: admin, body: more });
    const shown = await page('/practices/gerland');
    expect(shown).toContain('name="phone" type="text" value="04 78 00 00 01"');
    const changed = await sent('/practices/gerland', {
      name: 'Gerland',
      phone: '',
      address: '1 rue Challemel',
    });
    expect(changed.to).toBe('/console/practices/gerland?saved=1');
    expect(await page('/practices/gerland?saved=1')).toContain('Enregistré.');
    const { displayName, sector, phone, address } = await kept('gerland');
    expect({ displayName, sector, phone, address }).toEqual({
      displayName: 'Cabinet Gerland',
      sector: 'health',
      phone: undefined,
      address: '1 rue Challemel',
    });
  });

  it('does not replace an existing practice', async () => {
    const again = await sent('/practices', { ...TILLEULS, name: 'Un autre' });
    expect(again.status).toBe(400);
    expect(again.page).toContain('Un cabinet a déjà cet identifiant');
    expect((await kept(TILLEULS.id)).name).toBe(TILLEULS.name);
  });

  it.each([
    ['phone', 'bientôt', 'Un numéro de téléphone, comme 04 78 00 00 00.', 'A phone number, such as'],
    ['sender', 'A!', 'De 3 à 11 lettres et chiffres', '3 to 11 letters and digits'],
    ['timeZone', 'Paris', 'Un fuseau horaire, comme Europe/Paris.', 'A time zone, such as'],
    [
      'timeZone',
      'Europe/Paris',
      'Ce fuseau horaire ne correspond pas à ce territoire.',
      'That time zone is not',
    ],
    ['name', ' ', 'À remplir.', 'To be filled in.'],
    ['name', 'x'.repeat(101), 'De 1 à 100 caractères', '1 to 100 characters'],
    ['id', ' ', 'À remplir.', 'To be filled in.'],
    ['id', 'x'.repeat(201), 'De 1 à 200 caractères', '1 to 200 characters'],
  ])('explains at %s that "%s" is impossible', async (name, value, french, english) => {
    const typed = { ...TILLEULS, id: 'refused', address: '7 rue du Bac', [name]: value };
    const refused = await sent('/practices', typed);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    const at = new RegExp(
      `<input id="${name}"[^>]*aria-invalid="true"[^>]* autofocus[^>]*>[^/]*id="${name}-error">${french}`,
    );
    expect(refused.page).toMatch(at);
    expect(refused.page).toContain('value="7 rue du Bac"');
    expect(refused.page).toContain('Rien n’a changé');
    expect(refused.page).not.toMatch(/INVALID_REQUEST|Retour/);
    const inEnglish = await sent('/practices', typed, `${cookieOf('admin')}; bonheure_language=en`);
    expect(inEnglish.page).toContain(english);
    expect((await ask('GET', '/v1/practices/refused', { key: admin })).status).toBe(404);
  });

  it.each(['operator', 'auditor', 'marketer'])('is not for the role %s', async (role) => {
    expect(await page('', cookieOf(role))).not.toContain('/console/practices');
    expect((await open('/practices', cookieOf(role))).status).toBe(403);
    expect((await sent('/practices', TILLEULS, cookieOf(role))).status).toBe(403);
  });
});
