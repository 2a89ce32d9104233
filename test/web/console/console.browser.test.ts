import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, until, type Instance } from '../../support/instance.ts';
import { aBrowser, noBrowser, NOT_REACHED } from '../browser/browser.ts';
import { consolePaths } from '../browser/every-page.ts';
import { walked, type Walk } from '../browser/walk.ts';
import { MOST_SCRIPT_BYTES } from '../browser/weight.ts';

const KEY = 'test-admin-key-of-the-first-tenant';
const SUNDAY = '2027-04-11T10:00:00+02:00';
const MONDAY = '2027-04-12T08:00:00+02:00';
const PHONES = ['+33639980011', '+33639980012', '+33639980013'];

let instance: Instance;
let browser: Browser;
let operatorKey = '';
let operatorName = '';
let campaignId = '';
let seriesId = '';
let personId = '';
let draftId = '';
let importId = '';

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

/** A draft to somebody whose first name doubles the price of a text that is long enough. */
async function aDraft(): Promise<void> {
  const wording = await instance.call('POST', '/v1/wordings', {
    purpose: 'marketing',
    text: 'J’accepte de recevoir par SMS les offres de Maison Lumière. Je peux répondre STOP.',
  });
  personId = await agreed('+33639980015', wording.body['id']);
  const other = await agreed('+33639980016', wording.body['id']);
  for (const [id, firstName, territory] of [
    [personId, 'Anne', 'FR'],
    [other, 'Zoë', 'RE'],
  ])
    await instance.call('PATCH', `/v1/contacts/${String(id)}`, { attributes: { firstName }, territory });
  const made = await instance.call('POST', '/v1/campaigns', {
    name: 'La fidélité',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: `{firstName|}, ${'un avantage vous attend en boutique demain. '.repeat(2)}{stop}`,
    audience: { contactIds: [personId, other] },
  });
  draftId = String(made.body['id']);
  await instance.call('POST', `/v1/campaigns/${draftId}/rehearsal`, {});
}

/** Three rows: a good one, a landline, one without a proof. */
async function aFile(): Promise<string> {
  const rows = [
    'phone;grantedAt;method;wording;documentRef',
    '06 39 98 00 17;2026-03-04;paper;J’accepte les offres de Maison Lumière par SMS, STOP pour arrêter.;B-17',
    '01 99 00 12 34;;;;',
    '06 39 98 00 18;;;;',
  ];
  const answer = await fetch(`${instance.origin}/v1/imports?kind=contacts&keepUnproven=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' },
    body: rows.join('\n'),
  });
  const { id } = (await answer.json()) as { id: string };
  await until(
    async () => (await instance.call('GET', `/v1/imports/${id}`)).body,
    ({ state }) => state === 'finished',
  );
  return id;
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
  instance = await anInstance({ env: { BONHEURE_CODEC: 'on' } });
  await instance.moveClock(SUNDAY);
  await instance.call('PATCH', '/v1/tenant', {
    brand: 'Maison Lumière',
    legalName: 'Maison Lumière SARL',
    contact: { phone: '01 99 00 12 34' },
  });
  campaignId = await aCampaign();
  seriesId = await aBooking();
  await aDraft();
  importId = await aFile();
  const made = await instance.call('POST', '/v1/keys', { role: 'operator', name: 'astreinte' });
  operatorKey = String(made.body['key']);
  operatorName = `key:${String(made.body['id'])}`;
});

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

const sights = () => ({ campaignId, draftId, seriesId, personId, importId, month: '2027-04' });
const figure = (page: Page, name: string) => page.locator(`[data-value="accounts.${name}"]`);

describe.skipIf(noBrowser)('the console in a browser', () => {
  async function walkedAs(colorScheme: 'light' | 'dark', language: 'fr' | 'en'): Promise<Walk> {
    const context = await signedIn(KEY, { colorScheme });
    return walked(context, { origin: instance.origin, paths: consolePaths(sights()), language });
  }

  let everyPage: Promise<Walk> | undefined;
  const byDay = () => (everyPage ??= walkedAs('light', 'fr'));

  const EACH_PAGE = { timeout: 300_000 };
  it.each([['light', 'fr']] as const)('is accessible, %s, in %s', EACH_PAGE, async () => {
    expect((await byDay()).found).toEqual([]);
  });
  it.each([['dark', 'en']] as const)(
    'is accessible, %s, in %s',
    { ...EACH_PAGE, ...NIGHT },
    async (colorScheme, language) => {
      expect((await walkedAs(colorScheme, language)).found).toEqual([]);
    },
  );

  it('fits small phones with little script', EACH_PAGE, async () => {
    const { weights, wide } = await byDay();
    expect(wide).toEqual([]);
    expect(Object.entries(weights).filter(([, bytes]) => bytes > MOST_SCRIPT_BYTES)).toEqual([]);
    // The page of a campaign follows it: what it brings is counted.
    expect(weights[`/campaigns/${campaignId}`]).toBeGreaterThan(0);
  });

  it('is a small page from one address', async () => {
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

  it('tells an operator why a message waits', async () => {
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

  it('shows on a telephone what would leave', NIGHT, async () => {
    const context = await signedIn(KEY);
    const page = await opened(context, '/campaigns/new');
    const bubble = page.locator('#phone .bubble');
    await page.getByLabel('Texte du SMS').fill('Les lampes sont là.');
    await bubble.getByText('Les lampes sont là. STOP au 36180').waitFor();
    await page.getByLabel('Texte du SMS').fill('Les lampes sont là −20 %.');
    await page.locator('#phone mark').first().waitFor();
    expect(await page.locator('#phone mark').first().textContent()).toBe('−');
    await context.close();
  });

  it('shows example messages, closed hours and launch questions', async () => {
    const context = await signedIn(KEY);
    const page = await opened(context, `/campaigns/${draftId}`);
    expect(await page.locator('.phone .bubble').allTextContents()).toEqual([
      expect.not.stringContaining('Anne'),
      expect.not.stringContaining('Zoë'),
    ]);
    await page.getByRole('button', { name: 'Lire ces deux messages en clair' }).click();
    await page.getByText('Cette lecture est inscrite à l’audit.').waitFor();
    expect(await page.locator('.phone .bubble').allTextContents()).toEqual([
      expect.stringMatching(/^Anne, /),
      expect.stringMatching(/^Zoë, /),
    ]);
    expect(await page.locator('.phone.dear mark').textContent()).toBe('ë');
    await page.goto(`${instance.origin}/console/campaigns/${draftId}`);
    expect(await page.locator('svg.hours .leaves').count()).toBe(2);
    await page.getByText('dim. 11 avr.').first().waitFor();
    await page.getByRole('button', { name: 'Lancer la campagne' }).click();
    expect(page.url()).toMatch(new RegExp(`/campaigns/${draftId}$`));
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Lancer la campagne' }).click();
    await page.getByText('en cours').first().waitFor();
    await instance.call('POST', `/v1/campaigns/${draftId}/cancel`, {});
    await context.close();
  });

  it('opens each bar of a file with advice', NIGHT, async () => {
    const context = await signedIn(operatorKey);
    const page = await opened(context, `/imports/${importId}`);
    const bars = page.locator('.funnel summary');
    expect(await bars.locator('strong').allTextContents()).toEqual(['3', '2', '1', '1']);
    await bars.nth(1).press('Enter');
    await page.getByText('Ce numéro ne reçoit pas de SMS.').first().waitFor();
    await bars.nth(3).press('Enter');
    await page.getByRole('link', { name: 'Aucun accord prouvé, ni autre base.' }).click();
    await page.getByRole('link', { name: /^\+336/ }).click();
    await page.getByRole('heading', { level: 2, name: 'Ce qu’on peut lui envoyer' }).waitFor();
    expect(await page.content()).not.toContain('639980018');
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

  it('shows whom to call, masked for operators', async () => {
    const admin = await opened(await signedIn(KEY), '/to-call');
    await admin.getByRole('link', { name: 'Téléphoner à +33639980022' }).waitFor();
    const operator = await opened(await signedIn(operatorKey), '/to-call');
    await operator.getByText('RDV-8').waitFor();
    expect(await operator.content()).not.toContain('639980022');
  });

  it('explains in Temporal’s page why a reminder waits', NIGHT, async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`http://localhost:${new URL(instance.origin).port}/codec`);
    await page.getByLabel('API key').fill(operatorKey);
    await page.getByRole('button', { name: 'Open' }).click();
    const endpoint = await page.locator('code').innerText();
    const ui = await page.getByRole('link', { name: 'Go to Temporal’s page' }).getAttribute('href');
    const workflow = `${ui}/namespaces/default/workflows/${encodeURIComponent(`series/${seriesId}`)}`;

    const stranger = await browser.newPage({ locale: 'en-GB' });
    await stranger.goto(workflow);
    await stranger.getByText(NOT_REACHED).first().waitFor({ state: 'attached' });
    for (const reader of [stranger, page]) {
      await reader.goto(workflow);
      await reader.getByRole('button', { name: /codec/i }).click();
      await reader.getByText('Use my browser setting').click();
      await reader.getByRole('textbox', { name: 'Codec Server browser endpoint' }).fill(endpoint);
      await reader.getByText('Include cross-origin credentials').click();
      await reader.getByRole('button', { name: 'Apply' }).click();
      await reader.reload();
    }
    const told = (reader: Page) => reader.getByText(`"seriesId": "${seriesId}"`).first();
    await told(page).waitFor();
    await stranger
      .getByText(/^"AQAAA/)
      .first()
      .waitFor();
    expect(await told(stranger).count()).toBe(0);
    await page.getByText('User Metadata').click();
    const details = page.locator('iframe').last().contentFrame();
    await details.getByText('avancé à samedi').first().waitFor();
    await details.getByText('jusqu’au samedi 17 avril 2027 à 15h15, heure de Paris').waitFor();
    await details.getByText('Signaux possibles').waitFor();
    const { items } = (await instance.call('GET', '/v1/audit?limit=100')).body;
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'payloads.decoded', actor: operatorName }),
    );
    await stranger.close();
    await context.close();
  });

  it('is drawn again when the campaign moved meanwhile', NIGHT, async () => {
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
    await page.getByRole('button', { name: 'Reprendre' }).waitFor({ timeout: 60_000 });
    await order('resume');
    await page.getByRole('button', { name: 'Mettre en pause' }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: 'Reprendre' }).count()).toBe(0);
    await context.close();
  });

  it('follows the sending until it is finished', async () => {
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
