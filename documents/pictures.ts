import type { Browser, Page } from 'playwright-core';
import { freePort } from '../src/main/embedded/free-port.ts';
import { aBrowser } from '../test/web/browser/browser.ts';
import { anInstance, until, type Instance } from '../test/support/instance.ts';
import { keep } from './keep-picture.ts';
import { reminder, waiting } from './temporal-pictures.ts';

// Takes the pictures of docs/pictures again, from an instance that runs: npm run pictures

const KEY = 'key-of-the-pictures-of-the-documents';
const PATIENCE_MS = 90_000;
const PHONES = ['+33639980011', '+33639980012', '+33639980013'];
/** Wide enough for three phones of whole pixels: a picture of fractions is a third larger. */
const PAGE = { width: 1045, height: 880 };
/** What follows on a long page is read on the page. */
const MOST_SHOWN = 940;
const NOTHING = { x: 0, y: 0, width: 0, height: 0 };

async function made(instance: Instance, where: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${KEY}` };
  return (await instance.call('POST', where, body, headers)).body;
}

async function agree(instance: Instance, phone: string): Promise<string> {
  const wording = await made(instance, '/v1/wordings', {
    purpose: 'marketing',
    inUseFrom: '2026-01-01T00:00:00+01:00',
    text: 'Je consens à recevoir par SMS les offres de Maison Lumière. Je peux me désinscrire à tout moment en répondant STOP.',
  });
  const consent = await made(instance, '/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: wording['id'],
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: `BULL-${phone.slice(-4)}` },
  });
  return String(consent['contactId']);
}

/** Launches a campaign on a Sunday; it waits. */
async function launch(instance: Instance): Promise<string> {
  await instance.moveClock('2027-04-11T10:00:00+02:00');
  const names = {
    legalName: 'Maison Lumière SARL',
    brand: 'Maison Lumière',
    contact: { phone: '01 99 00 12 34' },
  };
  await instance.call('PATCH', '/v1/tenant', names, { authorization: `Bearer ${KEY}` });
  const contactIds: string[] = [];
  for (const phone of PHONES) contactIds.push(await agree(instance, phone));
  const campaign = await made(instance, '/v1/campaigns', {
    name: 'Spring lamps',
    purpose: 'marketing',
    sender: 'LUMIERE',
    audience: { contactIds },
    text: 'Maison Lumière : -20 % sur les lampes. {stop}',
  });
  await made(instance, `/v1/campaigns/${String(campaign['id'])}/launch`, {});
  return String(campaign['id']);
}

async function booked(instance: Instance): Promise<string> {
  const booking = {
    contact: { phone: '+33639980021' },
    startsAt: '2027-04-20T15:15',
    practice: 'Atelier des Tilleuls',
    reminders: ['P2D'],
    consent: {
      method: 'paper',
      grantedAt: '2026-08-21T03:30',
      wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous.',
    },
  };
  const headers = { authorization: `Bearer ${KEY}` };
  const { body } = await instance.call('PUT', '/v1/appointments/RDV-2027-118', booking, headers);
  return String(body['seriesId']);
}

async function consolePages(
  page: Page,
  instance: Instance,
  { campaignId, seriesId }: { readonly campaignId: string; readonly seriesId: string },
): Promise<string> {
  await page.setViewportSize(PAGE);
  await page.goto(`${instance.origin}/console?lang=fr`);
  await page.getByLabel('Clé d’API').fill(KEY);
  await page.getByRole('button', { name: 'Entrer' }).click();
  await page.getByRole('heading', { name: 'Que voulez-vous faire ?' }).waitFor();
  await page.goto(`${instance.origin}/console/campaigns/${campaignId}`);
  await page.getByText('pas de SMS le dimanche').first().waitFor();
  await keep('console-campaign', await page.screenshot());
  await page.goto(`${instance.origin}/console/series/${seriesId}`);
  await keep('console-series', await page.locator('main').screenshot());
  await page.goto(`${instance.origin}/console/timeline?series=${seriesId}`);
  await keep('console-timeline', await page.locator('main').screenshot());
  return draftOfFile(page, instance);
}

/** A file with some of everything: landlines, rows without a proof, first names that no GSM-7 text holds. */
function aBase(): string {
  const wording = 'Je consens à recevoir par SMS les offres de Maison Lumière. Je peux répondre STOP.';
  const names = ['Anne', 'Chloé', 'Zoë', 'Łukasz', 'Marie', 'Jean', 'Inès', 'Paul', 'Léa', 'Hugo'];
  const places = ['97400', '67000', '69003', '97200', '75011'];
  const rows = Array.from({ length: 60 }, (_, turn) => {
    const phone = turn % 9 === 8 ? `01 99 00 ${10 + turn} 00` : `06 39 98 ${10 + turn} 11`;
    const proof = turn % 7 === 6 ? ';;;' : `04/03/2026;bulletin;${wording};B-${turn}`;
    return `${phone};${names[turn % 10] ?? ''};${places[turn % 5] ?? ''};${proof}`;
  });
  const head = 'Téléphone;Prénom;code_postal;date_optin;source_optin;texte_optin;ref_bulletin';
  return [head, ...rows].join('\r\n');
}

async function imported(instance: Instance): Promise<string> {
  const answer = await fetch(`${instance.origin}/v1/imports?kind=contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' },
    body: aBase(),
  });
  const { id } = (await answer.json()) as { readonly id: string };
  await until(
    async () =>
      (
        await instance.call('GET', `/v1/imports/${id}`, undefined, {
          authorization: `Bearer ${KEY}`,
        })
      ).body,
    ({ state }) => state === 'finished',
  );
  return id;
}

/** A file, the draft to its people, and one of them; answers the draft. */
async function draftOfFile(page: Page, instance: Instance): Promise<string> {
  const importId = await imported(instance);
  const found = await made(instance, '/v1/contacts/search', { phone: '06 39 98 13 11' });
  const [{ id: person } = { id: '' }] = found['items'] as readonly { readonly id: string }[];
  const withdrawal = { contactId: person, purpose: 'marketing', channel: 'counter' };
  await made(instance, '/v1/consents/withdrawals', withdrawal);
  const draft = await made(instance, '/v1/campaigns', {
    name: 'Les lampes du printemps',
    purpose: 'marketing',
    sender: 'LUMIERE',
    audience: { importId },
    text: '{firstName|Bonjour}, les lampes de printemps sont là ! -20 % demain en boutique avec le code ÉTÉ. {stop}',
  });
  const campaign = String(draft['id']);
  await made(instance, `/v1/campaigns/${campaign}/rehearsal`, {});
  const at = async (name: string, where: string): Promise<void> => {
    await page.goto(`${instance.origin}/console${where}`);
    for (const bar of await page.locator('.funnel summary').all()) await bar.click();
    // The last bars were scrolled to; a clip of the whole page counts from its top.
    await page.locator('header').scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator('main').boundingBox()) ?? NOTHING;
    const clip = { x, y, width, height: Math.min(height, MOST_SHOWN) };
    await keep(name, await page.screenshot({ clip, fullPage: true }));
  };
  await at('console-import', `/imports/${importId}`);
  await at('console-draft', `/campaigns/${campaign}`);
  await at('console-person', `/people/${person}`);
  return campaign;
}

async function figures(page: Page, instance: Instance, campaign: string): Promise<void> {
  await made(instance, `/v1/campaigns/${campaign}/launch`, { acknowledge: ['STALE_WHEN_HELD'] });
  await until(
    async () =>
      (
        await instance.call('GET', `/v1/campaigns/${campaign}`, undefined, {
          authorization: `Bearer ${KEY}`,
        })
      ).body,
    ({ status }) => status === 'finished' || status === 'running',
  );
  await page.waitForTimeout(3_000);
  await page.setViewportSize(PAGE);
  await page.goto(`${instance.origin}/console/figures?from=2027-04-08&to=2027-04-14&lang=fr`);
  await page.locator('svg.hours .leaves').first().waitFor();
  await keep('console-figures', await page.locator('main').screenshot());
}

async function phones(page: Page, instance: Instance): Promise<void> {
  await instance.moveClock('2027-04-12T08:00:00+02:00');
  await page.setViewportSize(PAGE);
  await page.goto(`${instance.origin}/sandbox?lang=en`);
  const [first = ''] = PHONES;
  for (const phone of PHONES) await page.getByRole('article', { name: phone }).locator('.received').waitFor();
  const field = page.getByRole('article', { name: first }).getByRole('textbox', { name: 'Reply' });
  await field.fill('STOP');
  await field.press('Enter');
  await page.getByText('ne recevrez plus').first().waitFor();
  await page.locator('.strip li').first().waitFor();
  await field.blur();
  await page.waitForTimeout(1_500);
  await keep('sandbox', await page.screenshot());
}

async function calendar(page: Page, instance: Instance): Promise<void> {
  await page.setExtraHTTPHeaders({
    authorization: `Bearer ${KEY}`,
    accept: 'text/html',
    'accept-language': 'en',
  });
  const about = 'purpose=marketing&territory=FR-67&from=2027-03-22&to=2027-04-04';
  await page.goto(`${instance.origin}/v1/law/windows?${about}`);
  await keep('calendar', await page.locator('main').screenshot());
}

async function form(page: Page, instance: Instance): Promise<void> {
  const box = async (purpose: string, text: string): Promise<object> => {
    const wording = await made(instance, '/v1/wordings', { purpose, text });
    return { purpose, wordingId: wording['id'] };
  };
  const { slug } = await made(instance, '/v1/forms', {
    slug: 'printemps',
    title: 'Les nouvelles de la boutique',
    company: 'Maison Lumière SARL',
    purposes: [
      await box(
        'marketing',
        'J’accepte de recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.',
      ),
      await box(
        'appointment',
        'J’accepte que Maison Lumière me rappelle mes rendez-vous par SMS. STOP pour arrêter.',
      ),
    ],
  });
  await page.setExtraHTTPHeaders({});
  await page.setViewportSize({ width: 760, height: 820 });
  await page.goto(`${instance.origin}/f/${String(slug)}?lang=fr`);
  await keep('form', await page.screenshot());
}

async function takeAll(instance: Instance, browser: Browser, ui: number): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const campaignId = await launch(instance);
  const seriesId = await booked(instance);
  await until(
    async () =>
      (
        await instance.call('GET', `/v1/campaigns/${campaignId}`, undefined, {
          authorization: `Bearer ${KEY}`,
        })
      ).body,
    ({ waitingFor }) => waitingFor !== null,
  );
  await waiting(page, ui, campaignId);
  await reminder(page, ui, seriesId);
  const draft = await consolePages(page, instance, { campaignId, seriesId });
  await phones(page, instance);
  await figures(page, instance, draft);
  await calendar(page, instance);
  await form(page, instance);
}

const ui = await freePort();
const browser = await aBrowser();
const env = { BONHEURE_ADMIN_KEY: KEY, BONHEURE_TEMPORAL_UI_PORT: String(ui) };
const instance = await anInstance({ env });
try {
  await takeAll(instance, browser, ui);
} finally {
  await browser.close();
  await instance.stop();
}
