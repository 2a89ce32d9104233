import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anInstance, type Instance } from '../support/instance.ts';
import { aBrowser, obstacles } from './browser.ts';

const KEY = 'test-admin-key-of-the-first-tenant';
const SUNDAY = '2027-04-11T10:00:00+02:00';
const MONDAY = '2027-04-12T08:00:00+02:00';
const PHONES = ['+33639980011', '+33639980012', '+33639980013'];

let instance: Instance;
let browser: Browser;
let operatorKey = '';
let campaignId = '';
let seriesId = '';

async function agreed(phone: string, wordingId: unknown): Promise<string> {
  const consent = await instance.call('POST', '/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId,
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: `BULL-${phone.slice(-4)}` },
  });
  return String(consent.body['contactId']);
}

/** A campaign launched on a Sunday, one of whose four people never said yes. */
async function aCampaign(): Promise<string> {
  const wording = await instance.call('POST', '/v1/wordings', {
    purpose: 'marketing',
    inUseFrom: '2026-01-01T00:00:00+01:00',
    text: 'Je consens à recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.',
  });
  const contactIds: string[] = [];
  for (const phone of PHONES) contactIds.push(await agreed(phone, wording.body['id']));
  const stranger = await instance.call('POST', '/v1/contacts', { phone: '+33639980014' });
  const made = await instance.call('POST', '/v1/campaigns', {
    name: 'Les lampes du printemps',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Maison Lumière : -20 % sur les lampes. {stop}',
    audience: { contactIds: [...contactIds, stranger.body['id']] },
  });
  await instance.call('POST', `/v1/campaigns/${String(made.body['id'])}/launch`, {});
  return String(made.body['id']);
}

async function aBooking(): Promise<string> {
  const made = await instance.call('PUT', '/v1/appointments/RDV-7', {
    contact: { phone: '+33639980021' },
    startsAt: '2027-04-20T15:15',
    practice: 'Atelier des Tilleuls',
    reminders: ['P2D'],
    consent: {
      method: 'paper',
      grantedAt: '2026-08-21T03:30',
      wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous.',
    },
  });
  await instance.call('PUT', '/v1/appointments/RDV-8', {
    contact: { phone: '+33639980022' },
    startsAt: '2027-04-12T15:15',
    practice: 'Atelier des Tilleuls',
  });
  return String(made.body['seriesId']);
}

beforeAll(async () => {
  browser = await aBrowser();
  instance = await anInstance();
  await instance.moveClock(SUNDAY);
  await instance.call('PATCH', '/v1/tenant', {
    brand: 'Maison Lumière',
    legalName: 'Maison Lumière SARL',
    contact: { phone: '01 99 00 12 34' },
  });
  campaignId = await aCampaign();
  seriesId = await aBooking();
  const made = await instance.call('POST', '/v1/keys', { role: 'operator', name: 'astreinte' });
  operatorKey = String(made.body['key']);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
});

async function signedIn(key: string, options = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'fr-FR', ...options });
  const page = await context.newPage();
  await page.goto(`${instance.origin}/console`);
  await page.getByLabel('Clé d’API').fill(key);
  await page.getByRole('button', { name: 'Entrer' }).click();
  await page.getByRole('heading', { level: 1, name: 'Que voulez-vous faire ?' }).waitFor();
  await page.close();
  return context;
}

async function opened(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${instance.origin}/console${path}`);
  return page;
}

const figure = (page: Page, name: string) => page.locator(`[data-value="accounts.${name}"]`);

describe('the console in a browser', { timeout: 120_000 }, () => {
  it.each([
    ['by day, in French', 'light', 'fr'],
    ['by night, in English', 'dark', 'en'],
  ] as const)(
    'keeps nobody out %s',
    async (_, colorScheme, language) => {
      const paths = ['/imports', '/campaigns', '/campaigns/new', '/to-call', '/series', '/uncertain'];
      const records = ['/replies', '/suppressions', '/gateways', '/audit', `/campaigns/${campaignId}`];
      const stories = [
        `/series/${seriesId}`,
        `/timeline?campaign=${campaignId}`,
        `/timeline?series=${seriesId}`,
        `/campaigns/${campaignId}/not-served?state=excluded&reason=NO_BASIS`,
        '/nowhere',
      ];
      const context = await signedIn(KEY, { colorScheme });
      const page = await opened(context, `?lang=${language}`);
      const found = [await obstacles(page)];
      for (const path of [...paths, ...records, ...stories]) {
        await page.goto(`${instance.origin}/console${path}`);
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        found.push((await obstacles(page)).map((obstacle) => `${path}: ${obstacle}`));
      }
      await context.clearCookies();
      await page.goto(`${instance.origin}/console`);
      found.push(await obstacles(page));
      expect(found.flat()).toEqual([]);
      await context.close();
    },
    300_000,
  );

  it('is a page of a few kilobytes, from one address, with no error', async () => {
    const context = await signedIn(KEY);
    const page = await context.newPage();
    const [loaded, complaints]: [string[], string[]] = [[], []];
    page.on('request', (request) => loaded.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const answer = await page.goto(`${instance.origin}/console/campaigns/${campaignId}`);
    expect((await answer?.body())?.length).toBeLessThan(60_000);
    await figure(page, 'accepted').waitFor();
    expect(loaded.every((url) => url.startsWith(instance.origin))).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('tells an operator who was not served, why a message waits, by which rule and until when', async () => {
    const context = await signedIn(operatorKey);
    const page = await opened(context, `/campaigns/${campaignId}`);
    await page.getByText('pas de SMS le dimanche').first().waitFor();
    await page.getByRole('link', { name: 'Aucun accord prouvé, ni autre base.' }).click();
    await page.getByRole('link', { name: /^Pourquoi \?/ }).click();
    await page.getByText('Pas envoyé. Aucun accord prouvé, ni autre base.').waitFor();
    expect(await page.content()).not.toContain('639980014');
    const story = await opened(context, `/timeline?campaign=${campaignId}`);
    await story.getByText('WIN-02').first().waitFor();
    await story.getByText('lun. 12 avr. 2027 08h00').first().waitFor();
    await context.close();
  });

  it('is used by the keyboard alone', async () => {
    const context = await signedIn(operatorKey);
    const page = await opened(context, '');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Aller au contenu');
    await page.getByRole('searchbox').or(page.getByLabel('Numéro ou référence')).focus();
    await page.keyboard.type('RDV-7');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Rappels RDV-7' }).waitFor();
    await page.getByText('avancé à samedi 17/04').first().waitFor();
    await context.close();
  });

  it('shows whom to call with the number to an admin, masked to an operator', async () => {
    const admin = await opened(await signedIn(KEY), '/to-call');
    await admin.getByRole('link', { name: 'Téléphoner à +33639980022' }).waitFor();
    const operator = await opened(await signedIn(operatorKey), '/to-call');
    await operator.getByText('RDV-8').waitFor();
    expect(await operator.content()).not.toContain('639980022');
  });

  it('is asked for anew when the campaign moved while it was on its way to the reader', async () => {
    const context = await signedIn(operatorKey);
    const page = await context.newPage();
    const order = (name: string) => instance.call('POST', `/v1/campaigns/${campaignId}/${name}`, {});
    await page.route(
      '**/events',
      async (events) => {
        await order('pause');
        await events.continue();
      },
      { times: 1 },
    );
    await page.goto(`${instance.origin}/console/campaigns/${campaignId}`);
    await page.getByRole('button', { name: 'Reprendre' }).waitFor({ timeout: 30_000 });
    await order('resume');
    await page.getByRole('button', { name: 'Mettre en pause' }).waitFor({ timeout: 30_000 });
    expect(await page.getByRole('button', { name: 'Reprendre' }).count()).toBe(0);
    await context.close();
  });

  it('follows the sending by itself, from Sunday to Monday at eight, and then offers nothing more', async () => {
    const context = await signedIn(operatorKey);
    const page = await opened(context, `/campaigns/${campaignId}`);
    expect(await figure(page, 'accepted').textContent()).toBe('0');
    await page.getByRole('button', { name: 'Mettre en pause' }).click();
    await page.getByRole('button', { name: 'Reprendre' }).click();
    await page.getByRole('button', { name: 'Mettre en pause' }).waitFor();
    await instance.moveClock(MONDAY);
    await page.getByText('terminée').first().waitFor({ timeout: 60_000 });
    expect(await figure(page, 'accepted').textContent()).toBe('3');
    expect(await page.getByRole('button', { name: 'Mettre en pause' }).count()).toBe(0);
    await context.close();
  });

  it('says the same without a script', async () => {
    const context = await signedIn(KEY, { javaScriptEnabled: false });
    const page = await opened(context, `/campaigns/${campaignId}`);
    expect(await figure(page, 'accepted').textContent()).toBe('3');
    await context.close();
  });
});
