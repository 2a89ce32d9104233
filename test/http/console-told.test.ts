import { expect, it } from 'vitest';
import { consoleServed } from './console-served.ts';

const { ask, admin, open, send, cookieOf } = await consoleServed({ lawAt: '2026-11-24T10:00:00+01:00' });

it('a role that is refused a page keeps the menu of its own, and reads why in French', async () => {
  const refused = await (await open('/to-call?lang=fr', cookieOf('marketer'))).text();
  expect(refused).toContain('href="/console/campaigns"');
  expect(refused).toContain('Le rôle de cette clé ne le permet pas');
  expect(refused).not.toContain('This key is of role');
});

it('an order that is refused leaves the menu where it was', async () => {
  const answer = await send(
    '/suppressions?lang=fr',
    { phone: '12', purpose: 'all' },
    { cookie: cookieOf('admin') },
  );
  const page = await answer.text();
  expect([answer.status, page.includes('href="/console/suppressions"')]).toEqual([422, true]);
  expect(page).toContain('Ce n’est pas un numéro de téléphone.');
});

it('every page says whose hours it tells', async () => {
  expect(await (await open('/campaigns?lang=fr', cookieOf('admin'))).text()).toContain(
    'Heures de Europe/Paris.',
  );
});

it('an admin reads in the audit who did it by the name of the key', async () => {
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

it('an auditor, who may not read the names of keys, reads the key', async () => {
  expect(await (await open('/audit?lang=fr', cookieOf('auditor'))).text()).toContain('key:');
});

it('a draft is offered for approval only where the company asks for one', async () => {
  const body = {
    name: 'x',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Bonjour. {stop}',
    audience: { all: true },
  };
  const { id } = (await ask('POST', '/v1/campaigns', { key: admin, body })).body;
  const page = async (): Promise<string> =>
    (await open(`/campaigns/${String(id)}`, cookieOf('admin'))).text();
  expect(await page()).not.toContain(`${String(id)}/approval"`);
  await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: { recipients: 100 } } });
  expect(await page()).toContain(`${String(id)}/approval"`);
});
