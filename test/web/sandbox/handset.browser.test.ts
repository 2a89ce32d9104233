import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, until, type Instance } from '../../support/instance.ts';
import { aBrowser, noBrowser, obstacles } from '../browser/browser.ts';

const [CLAIRE, DENIS] = ['+33639980011', '+33639980012'];
let instance: Instance;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await aBrowser();
  instance = await anInstance();
  await instance.moveClock('2027-03-27T19:58:00+01:00');
  await agree(CLAIRE);
  await agree(DENIS);
  page = await opened('/sandbox?lang=en');
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
});

async function opened(where: string, options = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const shown = await context.newPage();
  await shown.goto(`${instance.origin}${where}`);
  return shown;
}

async function agree(phone: string): Promise<void> {
  const wording = await instance.call('POST', '/v1/wordings', {
    purpose: 'marketing',
    inUseFrom: '2026-01-01T00:00:00+01:00',
    text: 'Je consens à recevoir par SMS les offres de la boutique. Je peux me désinscrire à tout moment en répondant STOP.',
  });
  const consent = await instance.call('POST', '/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: wording.body['id'],
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: `BULL-${phone.slice(-4)}` },
  });
  expect(consent.status).toBe(201);
}

async function launch(text: string): Promise<void> {
  const made = await instance.call('POST', '/v1/campaigns', {
    name: text,
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: `Maison Lumière : ${text}. {stop}`,
    audience: { all: true },
  });
  expect((await instance.call('POST', `/v1/campaigns/${String(made.body['id'])}/launch`, {})).status).toBe(
    202,
  );
}

const phoneOf = (number: string): Locator => page.getByRole('article', { name: number });
const textsOn = (number: string): Promise<string[]> =>
  phoneOf(number).locator('.received .bubble').allInnerTexts();
const shown = (number: string, count: number): Promise<string[]> =>
  until(
    () => textsOn(number),
    (texts) => texts.length === count,
    30_000,
  );
const clockShows = (text: string): Promise<string> =>
  until(
    () => page.locator('.clock').innerText(),
    (shownText) => shownText.includes(text),
    15_000,
  );

describe.skipIf(noBrowser)('the page of handsets in a browser', NIGHT, () => {
  it('shows each phone its message by itself', async () => {
    await launch('-20 % sur les lampes');
    expect(await shown(CLAIRE, 1)).toEqual(['Maison Lumière : -20 % sur les lampes. STOP au 36180']);
    await shown(DENIS, 1);
    expect(await phoneOf(CLAIRE).locator('.received small').allInnerTexts()).toEqual([
      'LUMIERE',
      expect.stringMatching(/^Sat.* 27\/03, 19:5\d · 1 SMS GSM-7 · /) as string,
    ]);
  });

  it('shows the phone’s open and closed days', async () => {
    const days = phoneOf(CLAIRE).locator('.strip li');
    expect(await days.count()).toBe(14);
    const said = await days.locator('.spoken').allInnerTexts();
    expect(said[0]).toBe('Saturday 27 March, 08:00 – 20:00');
    expect(said[1]).toBe('Sunday 28 March, closed: no SMS on Sundays');
    expect(said[2]).toContain('closed: public holiday, Easter Monday');
    expect(said[3]).toBe('Tuesday 30 March, 08:00 – 20:00');
    expect(await phoneOf(CLAIRE).locator('.state').innerText()).toContain('sending is open');
  });

  it('says which short code a reply reaches', async () => {
    expect(await phoneOf(CLAIRE).locator('.goes').innerText()).toBe(
      'LUMIERE is a name, nobody can reply to it: the reply goes to 36180, the short code printed in the text.',
    );
  });

  it('STOP typed by keyboard alone is acknowledged, once', async () => {
    const field = phoneOf(CLAIRE).getByRole('textbox', { name: 'Reply' });
    await field.focus();
    await page.keyboard.type('STOP');
    await page.keyboard.press('Enter');
    const texts = await shown(CLAIRE, 2);
    expect(texts[1]).toContain('vous ne recevrez plus nos offres par SMS');
    expect(await phoneOf(CLAIRE).locator('.sent small').first().innerText()).toBe('to 36180');
    expect(await page.getByRole('status').innerText()).toBe('The reply was heard.');
  });

  it('jumps to the next event, sparing opted-out people', async () => {
    await instance.moveClock('2027-03-27T20:05:00+01:00');
    await launch('-30 % sur les tapis');
    await until(
      async () => (await instance.call('GET', '/sandbox/clock/next')).body['at'],
      (at) => at === '2027-03-30T06:00:00.000Z',
      30_000,
    );
    await page.getByRole('button', { name: 'Next event' }).click();
    await clockShows('Tuesday');
    expect((await shown(DENIS, 2))[1]).toContain('-30 % sur les tapis');
    // Whoever the last campaign was for has got it by its end: nothing more leaves of any.
    await until(
      async () => (await instance.call('GET', '/v1/campaigns')).body['items'] as { status: string }[],
      (all) => all.length > 0 && all.every(({ status }) => status === 'finished'),
      30_000,
    );
    expect(await textsOn(CLAIRE)).toHaveLength(2);
  });

  it.each([
    ['in French', '/sandbox?lang=fr', {}],
    ['in English', '/sandbox?lang=en', {}],
    ['in the dark', '/sandbox?lang=fr', { colorScheme: 'dark' }],
    ['at 200 %', '/sandbox?lang=fr', { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
  ])('is accessible, %s, without sideways scrolling', async (...[, where, options]) => {
    const other = await opened(where, options);
    await other.locator('.strip li').first().waitFor();
    expect(await obstacles(other)).toEqual([]);
    expect(await other.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await other.context().close();
  });

  it('asks nothing of any other machine', async () => {
    const other = await opened('/sandbox?lang=fr');
    const asked: string[] = [];
    other.on('request', (request) => asked.push(new URL(request.url()).origin));
    await other.reload();
    await other.locator('.strip li').first().waitFor();
    expect(new Set(asked)).toEqual(new Set([instance.origin]));
    await other.context().close();
  });
});

describe.skipIf(noBrowser)('the API in a browser', NIGHT, () => {
  it('is accessible', async () => {
    const docs = await opened('/docs');
    await docs.locator('#servers').waitFor();
    await docs.locator('.opblock').first().waitFor();
    expect(await obstacles(docs)).toEqual([]);
    await docs.context().close();
  });
});
