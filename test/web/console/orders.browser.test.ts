import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signInKey } from '../../../src/web/server/sign-in.ts';
import { hears } from './bring-reply.ts';
import { consoleServed } from './served.ts';
import { agreedYesterday } from '../api/campaigns/sales-draft.ts';
import { aBrowser, noBrowser, obstacles } from '../browser/browser.ts';
import { tabbedTo } from '../browser/keyboard.ts';
import { signedInAt, type Language } from '../browser/sign-in.ts';
import { NIGHT } from '../../support/cases.ts';

/** A Saturday evening: the next working day is Monday. */
const world = await consoleServed({ lawAt: '2026-11-28T17:00:00+01:00' });
const { admin, api, ask, origin, tenantId, keyOf } = world;
const PEOPLE = ['+33639984101', '+33639984102', '+33639984103'];

const post = async (path: string, body: object = {}) => (await ask('POST', path, { key: admin, body })).body;
const operator = await keyOf('operator');

let browser: Browser;
beforeAll(async () => {
  browser = await aBrowser();
  await agreedYesterday(world, PEOPLE);
  await ask('PUT', '/v1/practices/cabinet', { key: admin, body: { name: 'Cabinet' } });
});
afterAll(() => browser?.close());
/** One story leaves nothing to the next. */
afterEach(async () => {
  await ask('PUT', '/v1/halt', { key: admin, body: { halted: false } });
  await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: {} } });
  for (const context of browser?.contexts() ?? []) await context.close();
});

async function opened(key: string, language: Language, path: string): Promise<Page> {
  const page = await (await signedInAt(browser, { origin, key, language })).newPage();
  await page.goto(`${origin}/console${path}`);
  return page;
}

async function aCampaign(more: object = {}): Promise<string> {
  const { id } = await post('/v1/campaigns', {
    name: 'Les lampes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Ma société : les lampes sont là. {stop}',
    audience: { all: true },
    ...more,
  });
  await post(`/v1/campaigns/${id}/rehearsal`);
  return String(id);
}

/** Goes there by the keyboard, and presses it. */
async function pressed(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().focus();
  await page.keyboard.press('Enter');
}

/** Follows a link of the menu by keyboard alone. */
async function followed(page: Page, name: string): Promise<void> {
  await tabbedTo(page, page.getByRole('navigation').getByRole('link', { name, exact: true }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

const HALT = {
  fr: {
    reason: 'Raison (Tout ce que',
    halt: 'Tout arrêter',
    release: 'Reprendre tous les envois',
    said: /Tout est arrêté depuis.*Erreur de prix/,
  },
  en: {
    reason: 'Reason (Everything',
    halt: 'Halt everything',
    release: 'Resume all sending',
    said: /Everything is halted since.*Erreur de prix/,
  },
} as const;

const atTheDesk = (language: 'fr' | 'en'): void => {
  const fr = language === 'fr';

  it('stops everything visibly, then resumes', async () => {
    const words = HALT[language];
    const page = await opened(operator, language, '/gateways');
    await page.getByLabel(words.reason).fill('Erreur de prix');
    await page.keyboard.press('Enter');
    await page.locator('.halt-bar').waitFor();
    for (const path of ['', '/campaigns', '/series', '/uncertain', '/gateways']) {
      await page.goto(`${origin}/console${path}`);
      await page.locator('.halt-bar').getByText(words.said).waitFor();
      await page.locator('.halt-bar').getByText('operator').waitFor();
    }
    expect(await page.getByRole('button', { name: words.halt }).count()).toBe(0);
    expect(await obstacles(page)).toEqual([]);
    await page.goto(`${origin}/console/campaigns`);
    await pressed(page, words.release);
    await page.locator('.halt-bar').waitFor({ state: 'detached' });
    expect(page.url()).toMatch(/\/console\/campaigns$/);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(false);
  });

  it('is asked before a campaign ends, with counts', async () => {
    const id = await aCampaign({ startAt: '2026-12-07T10:00:00+01:00' });
    await post(`/v1/campaigns/${id}/launch`);
    const page = await opened(admin, language, `/campaigns/${id}`);
    const cancel = fr ? 'Annuler la campagne' : 'Cancel the campaign';
    await pressed(page, cancel);
    await page.getByText(fr ? '3 messages ne partiront pas.' : '3 messages will not leave.').waitFor();
    await page.getByRole('link', { name: fr ? 'Ne rien changer' : 'Change nothing' }).click();
    expect((await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body.status).toBe('scheduled');
    await pressed(page, cancel);
    await page.locator('button.danger').waitFor();
    await pressed(page, cancel);
    await page
      .getByText(fr ? 'annulée' : 'cancelled')
      .first()
      .waitFor();
  });

  it('is asked before a series ends, with counts', NIGHT, async () => {
    const reference = `RDV-${language}`;
    const booked = await ask('PUT', `/v1/appointments/${reference}`, {
      key: admin,
      body: {
        contact: { phone: fr ? '06 39 98 43 01' : '06 39 98 43 02' },
        startsAt: '2026-12-10T15:15',
        practice: 'Cabinet',
        reminders: ['P7D', 'P2D'],
        consent: {
          method: 'paper',
          grantedAt: '2026-11-01T10:00',
          wording: 'Oui aux rappels du Cabinet par SMS.',
        },
      },
    });
    const path = `/series/${booked.body.seriesId}`;
    const series = async () =>
      (await ask('GET', `/v1/reminder-series/${booked.body.seriesId}`, { key: admin })).body;
    const states = async () => (await series()).steps.map(({ state }: { state: string }) => state);
    const page = await opened(admin, language, path);
    const cancel = fr ? 'Annuler les rappels' : 'Cancel the reminders';
    const title = fr ? `Annuler les rappels de ${reference} ?` : `Cancel the reminders of ${reference}?`;
    await pressed(page, cancel);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByText(fr ? '2 rappels ne partiront pas.' : '2 reminders will not leave.').waitFor();
    expect(await obstacles(page)).toEqual([]);
    expect([(await series()).state, await states()]).toEqual(['open', ['planned', 'planned']]);
    await page.getByRole('link', { name: fr ? 'Ne rien changer' : 'Change nothing' }).click();
    await page.waitForURL(`**/console${path}`);
    expect((await series()).state).toBe('open');
    await pressed(page, cancel);
    await page.locator('button.danger').waitFor();
    await pressed(page, cancel);
    await page
      .getByText(fr ? 'annulée' : 'cancelled')
      .first()
      .waitFor();
    expect(page.url()).toBe(`${origin}/console${path}`);
    expect(await page.getByRole('button', { name: cancel }).count()).toBe(0);
    expect([(await series()).state, await states()]).toEqual(['cancelled', ['cancelled', 'cancelled']]);
  });

  it('records a refusal after asking, then reverses it', async () => {
    await hears(world, { text: `laissez-moi tranquille ${language}`, from: PEOPLE[0] ?? '' });
    const page = await opened(admin, language, '/replies');
    const everything = fr ? 'Un refus de tout' : 'A refusal of everything';
    await pressed(page, everything);
    await page
      .getByText(fr ? 'rappels de rendez-vous compris' : 'reminders of appointments included')
      .waitFor();
    await pressed(page, fr ? 'Inscrire un refus de tout' : 'Record a refusal of everything');
    const back = fr ? /^Reprendre la décision/ : /^Take the decision back/;
    await page.getByRole('button', { name: back }).first().waitFor();
    expect(await page.getByRole('button', { name: everything }).count()).toBe(0);
    await pressed(page, back);
    await page.getByText(fr ? 'La réponse attend de nouveau' : 'The reply waits to be read again').waitFor();
    await pressed(page, back);
    await page.getByRole('button', { name: everything }).waitFor();
    await pressed(page, fr ? 'Pas un refus' : 'No refusal');
    await page.locator('button.danger').click();
  });

  it('is asked before a named key is revoked', NIGHT, async () => {
    await post('/v1/keys', { role: 'auditor', name: `DPO ${language}` });
    const page = await opened(admin, language, '/keys');
    await pressed(page, fr ? `Révoquer DPO ${language}` : `Revoke DPO ${language}`);
    await page.getByRole('heading', { level: 1, name: `DPO ${language}` }).waitFor();
    await page.locator('button.danger').click();
    await page.waitForURL('**/console/keys');
    expect(await page.getByRole('button', { name: `DPO ${language}` }).count()).toBe(0);
  });

  it('needs a second person, whose approval is named', async () => {
    await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: { recipients: 1 } } });
    const name = `À deux ${language}`;
    const id = await aCampaign({ name });
    const author = await opened(admin, language, `/campaigns/${id}`);
    await author
      .getByText(fr ? 'Une autre personne doit l’approuver' : 'Another person must approve it')
      .waitFor();
    await author.getByText(fr ? '3 personnes, seuil : 1' : '3 people, threshold: 1').waitFor();
    const [yes, launch] = fr ? ['Approuver', 'Lancer la campagne'] : ['Approve', 'Launch the campaign'];
    for (const button of [yes, launch])
      expect(await author.getByRole('button', { name: button }).count()).toBe(0);
    const own = await ask('POST', `/v1/campaigns/${id}/approval`, { key: admin });
    expect([own.status, own.body.code]).toEqual([409, 'APPROVAL_OWN']);

    const paul = await opened(
      await signInKey(api, { subject: `paul ${language}`, tenantId, role: 'admin' }),
      language,
      '',
    );
    await paul.getByRole('heading', { name: fr ? 'À approuver' : 'To approve' }).waitFor();
    await paul.getByRole('link', { name }).click();
    await pressed(paul, yes);
    await paul.getByText(`oidc paul ${language}`).first().waitFor();
    await author.reload();
    await author.getByText(fr ? 'Approuvée par' : 'Approved by').waitFor();
    await pressed(author, launch);
    await author
      .getByText(fr ? 'en cours' : 'running')
      .first()
      .waitFor();
    await post(`/v1/campaigns/${id}/cancel`);
  });

  it('reads whom to call until Monday, by hour', NIGHT, async () => {
    for (const [reference, startsAt] of [
      ['AG-2', '2026-11-30T12:00'],
      ['AG-1', '2026-11-30T10:45'],
      ['AG-3', '2026-12-01T09:00'],
    ])
      await ask('PUT', `/v1/appointments/${reference}`, {
        key: admin,
        body: {
          contact: { phone: `06 39 98 42 0${reference?.slice(-1)}` },
          startsAt,
          practice: 'Cabinet',
          reminders: ['P2D'],
        },
      });
    const page = await opened(admin, language, '');
    await page
      .getByRole('navigation')
      .getByRole('link', { name: fr ? 'À appeler' : 'To call' })
      .click();
    await page.getByText('AG-1').waitFor();
    expect(await page.locator('td a[href*="/series/"]').allTextContents()).toEqual(['AG-1', 'AG-2']);
    await page.getByRole('link', { name: '+33639984201' }).waitFor();
  });

  it('finds a waiting campaign on a person’s page', NIGHT, async () => {
    const id = await aCampaign({ name: `Plus tard ${language}`, startAt: '2026-12-07T10:00:00+01:00' });
    await post(`/v1/campaigns/${id}/launch`);
    const page = await opened(admin, language, '');
    await page.getByLabel(fr ? 'Numéro ou référence' : 'Number or reference').fill('06 39 98 41 03');
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { level: 2, name: fr ? 'Ce qu’on peut lui envoyer' : 'What may be sent' })
      .waitFor();
    await page
      .getByRole('link', { name: fr ? 'Ce qui s’est passé, et la suite' : 'What happened, and what comes' })
      .click();
    await page.getByText(`Plus tard ${language}`).first().waitFor();
    await page
      .getByText(fr ? 'lun. 7 déc. 2026 10h00' : 'Mon 7 Dec 2026 10:00')
      .first()
      .waitFor();
    await post(`/v1/campaigns/${id}/cancel`);
    await page.reload();
    expect(await page.getByText(`Plus tard ${language}`).count()).toBe(0);
  });

  it('corrects a refused form where it opens', async () => {
    const page = await opened(admin, language, '/campaigns/new');
    const [name, text] = [page.locator('#name'), page.locator('#text')];
    await name.fill('Les <lampes>');
    await text.fill('Ma société : les lampes sont là. {stop}');
    await page.locator('#sender').fill('AB');
    await page.locator('button.main').click();
    const sender = page.locator('#sender');
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('sender');
    expect([await name.inputValue(), await text.inputValue(), await sender.inputValue()]).toEqual([
      'Les <lampes>',
      'Ma société : les lampes sont là. {stop}',
      'AB',
    ]);
    expect(await sender.getAttribute('aria-describedby')).toBe('sender-error sender-hint');
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await obstacles(page)).toEqual([]);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('LUMIERE');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Les <lampes>' }).waitFor();
  });

  it('halts everything and lifts that by keyboard alone', NIGHT, async () => {
    const words = HALT[language];
    const page = await opened(operator, language, '');
    await followed(page, fr ? 'Opérateurs' : 'Gateways');
    await tabbedTo(page, page.getByRole('link', { name: fr ? 'Aller au contenu' : 'Skip to content' }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.getByLabel(words.reason).and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.type('Erreur de prix');
    await page.keyboard.press('Tab');
    expect(await page.getByRole('button', { name: words.halt }).and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.press('Space');
    await page.locator('.halt-bar').getByText(words.said).waitFor();
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(true);
    await followed(page, fr ? 'Rappels' : 'Reminders');
    await page.locator('.halt-bar').getByText(words.said).waitFor();
    await tabbedTo(page, page.getByRole('button', { name: words.release }));
    await page.keyboard.press('Space');
    await page.locator('.halt-bar').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${origin}/console/series`);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(false);
  });

  it('mends a refused practice by keyboard alone', NIGHT, async () => {
    const page = await opened(admin, language, '');
    await followed(page, fr ? 'Cabinets' : 'Practices');
    for (const [field, typed] of [
      ['#id', `lyon-${language}`],
      ['#name', `Cabinet de Lyon ${language}`],
      ['#sender', 'A!'],
    ] as const) {
      await tabbedTo(page, page.locator(field));
      await page.keyboard.type(typed);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    const faulty = page.locator('#sender:focus');
    expect(await faulty.getAttribute('aria-invalid')).toBe('true');
    const described = (await faulty.getAttribute('aria-describedby')) ?? '';
    expect(described).toBe('sender-error sender-hint');
    expect(await page.locator('#sender-error').innerText()).toMatch(
      fr ? /De 3 à 11 lettres et chiffres/ : /3 to 11 letters and digits/,
    );
    expect(await page.locator('#name').inputValue()).toBe(`Cabinet de Lyon ${language}`);
    expect((await ask('GET', `/v1/practices/lyon-${language}`, { key: admin })).status).toBe(404);
    expect(await obstacles(page)).toEqual([]);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('LYON');
    await tabbedTo(page, page.getByRole('button', { name: fr ? 'Ajouter' : 'Add', exact: true }));
    await page.keyboard.press('Space');
    // Another language has made one of its own before.
    const made = page.getByRole('row').filter({ hasText: `Cabinet de Lyon ${language}` });
    await made.getByRole('cell', { name: 'LYON', exact: true }).waitFor();
    expect((await ask('GET', `/v1/practices/lyon-${language}`, { key: admin })).body.sender).toBe('LYON');
  });
};

describe.skipIf(noBrowser)('somebody at the desk, in French', () => {
  atTheDesk('fr');
});
describe.skipIf(noBrowser)('somebody at the desk, in English', NIGHT, () => {
  atTheDesk('en');
});
