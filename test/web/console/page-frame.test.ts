import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { signInKey } from '../../../src/web/server/sign-in.ts';
import { consoleServed } from './served.ts';
import { agreedYesterday } from '../api/campaigns/sales-draft.ts';

const { ask, admin, api, clock, open, send, cookieOf, signedIn, tenantId } = await consoleServed({
  lawAt: '2026-11-24T10:00:00+01:00',
});

it('a role refused a page keeps its menu', async () => {
  const refused = await (await open('/to-call?lang=fr', cookieOf('marketer'))).text();
  expect(refused).toContain('href="/console/campaigns"');
  expect(refused).toContain('Le rôle de cette clé ne le permet pas');
  expect(refused).not.toContain('This key is of role');
});

it('a refused order leaves the menu unchanged', async () => {
  const answer = await send(
    '/suppressions?lang=fr',
    { phone: '12', purpose: 'all' },
    { cookie: cookieOf('admin') },
  );
  const page = await answer.text();
  expect([answer.status, page.includes('href="/console/suppressions"')]).toEqual([422, true]);
  expect(page).toContain('Ce n’est pas un numéro de téléphone.');
});

it('a page refused for now says how long', async () => {
  const places = Array.from({ length: 96 }, (_, reader) => api.live.take(`reader-${reader}`));
  const refused = await open(`/campaigns/${randomUUID()}/events`, cookieOf('admin'));
  for (const giveBack of places) giveBack();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
  expect(refused.headers.get('content-type')).toContain('text/html');
});

it('every page names its time zone', async () => {
  expect(await (await open('/campaigns?lang=fr', cookieOf('admin'))).text()).toContain(
    'Heures de Europe/Paris.',
  );
});

it('an admin sees who acted by key name', async () => {
  const { body } = await ask('POST', '/v1/keys', {
    key: admin,
    body: { role: 'marketer', name: 'Chloé au comptoir' },
  });
  const made = {
    name: 'x',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Bonjour. {stop}',
    audience: { all: true },
  };
  const campaign = await ask('POST', '/v1/campaigns', { key: String(body.key), body: made });
  const entries = await (await open('/audit?lang=fr', cookieOf('admin'))).text();
  expect(entries).toContain('Chloé au comptoir');
  expect(entries).toContain('le système');
  const told = await open(`/timeline?campaign=${String(campaign.body.id)}&lang=fr`, cookieOf('admin'));
  expect(await told.text()).toContain('par Chloé au comptoir');
});

it('an auditor sees the key without its name', async () => {
  expect(await (await open('/audit?lang=fr', cookieOf('auditor'))).text()).toContain('key:');
});

it('a draft is approved by another notified person', async () => {
  const phones = ['0639986201', '0639986202'];
  await agreedYesterday({ ask, admin, clock }, phones);
  const body = {
    name: 'x',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Bonjour. {stop}',
    audience: { all: true },
  };
  const { id } = (await ask('POST', '/v1/campaigns', { key: admin, body })).body;
  const second = await signInKey(api, { subject: 'paul', tenantId, role: 'admin' });
  const [author, paul] = [cookieOf('admin'), await signedIn(second)];
  const page = async (cookie: string, path = `/campaigns/${String(id)}`): Promise<string> =>
    (await open(`${path}?lang=fr`, cookie)).text();
  const buttons = async (cookie: string): Promise<boolean[]> => {
    const shown = await page(cookie);
    return ['approval', 'launch'].map((order) =>
      shown.includes(`/console/campaigns/${String(id)}/${order}"`),
    );
  };
  expect(await buttons(paul)).toEqual([false, true]);
  await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: { recipients: 1 } } });
  await ask('POST', `/v1/campaigns/${String(id)}/rehearsal`, { key: admin, body: {} });
  expect([await buttons(author), await buttons(paul)]).toEqual([
    [false, false],
    [true, false],
  ]);
  expect(await page(author)).toContain(
    'Une autre personne doit l’approuver avant le lancement. (2 personnes, seuil : 1)',
  );
  expect([await page(paul, ''), await page(author, '')].map((home) => home.includes('À approuver'))).toEqual([
    true,
    false,
  ]);
  await send(`/campaigns/${String(id)}/approval`, {}, { cookie: paul });
  expect([await buttons(author), await buttons(paul)]).toEqual([
    [false, true],
    [false, false],
  ]);
  for (const cookie of [author, paul])
    expect(await page(cookie)).toContain('Approuvée par <strong>oidc paul</strong>');
  expect(await page(paul, '')).not.toContain('À approuver');
});
