import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { consoleServed } from './served.ts';
import { NIGHT } from '../../support/cases.ts';
import { aBrowser, noBrowser, obstacles } from '../browser/browser.ts';
import { signedInAt } from '../browser/sign-in.ts';

const { admin, ask, origin } = await consoleServed();

let browser: Browser;
beforeAll(async () => {
  browser = await aBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});

/** A draft: its page offers to discard it, and asks first. */
async function aDraft(): Promise<string> {
  const { body } = await ask('POST', '/v1/campaigns', {
    key: admin,
    body: {
      name: 'Les lampes',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Ma société : les lampes sont là. {stop}',
      audience: { all: true },
    },
  });
  return String(body.id);
}

/** The page of a campaign whose stream says nothing until `tell` does; nothing after it. */
interface Followed {
  readonly page: Page;
  /** Tells the page where the campaign stands now; resolves once its script has heard it. */
  readonly tell: (view: object) => Promise<void>;
  /** Whether the page is drawn anew within a second and a half: a hand rests after one. */
  readonly isDrawnAnew: () => Promise<boolean>;
  /** Resolves once it is. */
  readonly timesDrawn: () => number;
}

const REPLY_SENTENCES = `globalThis.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    this.addEventListener('campaign', () => void heard());
  }
};`;

async function followed(id: string): Promise<Followed> {
  const context = await signedInAt(browser, { origin, key: admin, language: 'fr' });
  const page = await context.newPage();
  let [draws, told] = [0, () => {}];
  const asked = Promise.withResolvers<Route>();
  await page.exposeFunction('heard', () => told());
  await page.addInitScript(REPLY_SENTENCES);
  await page.clock.install();
  await page.route('**/events', (route) => asked.resolve(route));
  page.on('domcontentloaded', () => {
    draws += 1;
  });
  await page.goto(`${origin}/console/campaigns/${id}`);
  const tell: Followed['tell'] = async (view) => {
    const hearing = new Promise<void>((resolve) => {
      told = resolve;
    });
    const data = JSON.stringify(view);
    await (
      await asked.promise
    ).fulfill({
      contentType: 'text/event-stream',
      body: `retry: 600000\nevent: campaign\ndata: ${data}\n\n`,
    });
    await hearing;
  };
  const before = draws;
  const isDrawnAnew = async () => {
    if (draws === before)
      await page.waitForEvent('domcontentloaded', { timeout: 1_500 }).catch(() => undefined);
    return draws > before;
  };
  const timesDrawn = () => draws - before;
  return { page, tell, isDrawnAnew, timesDrawn };
}

const MOVED = { status: 'running', waitingFor: null };
const oldOf = (page: Page) => page.getByText('Cette page n’est plus à jour.');
const question = (page: Page) => page.getByRole('button', { name: 'Abandonner le brouillon' });

type Act = (page: Page) => Promise<unknown>;
const option = (page: Page, value: string) =>
  page.locator('main').getByLabel('Une liste').selectOption(value);
const box = (page: Page, name: string) => page.locator('main').getByLabel(name);
const FIELDS: readonly (readonly [string, string, { readonly change: Act; readonly putBack: Act }])[] = [
  [
    'a list with a choice drawn',
    '<label>Une liste <select><option>a</option><option selected>b</option></select></label>',
    { change: (page) => option(page, 'a'), putBack: (page) => option(page, 'b') },
  ],
  [
    'a list without one',
    '<label>Une liste <select><option disabled>-</option><option>a</option><option>b</option></select></label>',
    { change: (page) => option(page, 'b'), putBack: (page) => option(page, 'a') },
  ],
  [
    'a radio button',
    '<label><input type="radio" name="r" checked> Oui</label><label><input type="radio" name="r"> Non</label>',
    { change: (page) => box(page, 'Non').check(), putBack: (page) => box(page, 'Oui').check() },
  ],
  [
    'a checkbox',
    '<label><input type="checkbox" checked> Oui</label>',
    { change: (page) => box(page, 'Oui').uncheck(), putBack: (page) => box(page, 'Oui').check() },
  ],
];

/** Events as a keyboard sends them, those that never come left out. */
async function keys(
  page: Page,
  ...events: readonly (readonly ['keydown' | 'keyup', string])[]
): Promise<void> {
  for (const [type, code] of events) await page.locator('body').dispatchEvent(type, { code });
}

describe.skipIf(noBrowser)('a page that follows what happens', () => {
  it('is drawn again when nobody touches it', async () => {
    const { page, tell, timesDrawn } = await followed(await aDraft());
    await page.mouse.move(300, 300);
    await tell(MOVED);
    await expect.poll(timesDrawn).toBeGreaterThan(0);
  });

  it('waits for a press that began before', async () => {
    const id = await aDraft();
    const { page, tell, isDrawnAnew } = await followed(id);
    await question(page).hover();
    await page.mouse.down();
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
    await page.mouse.up();
    await page.waitForURL(`**/campaigns/${id}/cancel`);
  });

  it('waits for a key held meanwhile', NIGHT, async () => {
    const id = await aDraft();
    const { page, tell, isDrawnAnew } = await followed(id);
    await question(page).focus();
    await page.keyboard.down('Space');
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
    await page.keyboard.up('Space');
    await page.waitForURL(`**/campaigns/${id}/cancel`);
  });

  it('does not overtake an order underway', async () => {
    const id = await aDraft();
    const { page, tell, isDrawnAnew } = await followed(id);
    const ordered = Promise.withResolvers<Route>();
    await page.route('**/cancel', (route) => ordered.resolve(route));
    await question(page).click({ noWaitAfter: true });
    const order = await ordered.promise;
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
    await order.continue();
    await page.waitForURL(`**/campaigns/${id}/cancel`);
  });

  it('does not overtake a link that was followed', NIGHT, async () => {
    const { page, tell, isDrawnAnew } = await followed(await aDraft());
    const gone = Promise.withResolvers<Route>();
    await page.route('**/to-call', (route) => gone.resolve(route));
    await page.getByRole('link', { name: 'À appeler' }).click({ noWaitAfter: true });
    const leaving = await gone.promise;
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
    await leaving.continue();
    await page.waitForURL('**/to-call');
  });

  it('keeps what somebody writes, and shows its age', async () => {
    const { page, tell, isDrawnAnew, timesDrawn } = await followed(await aDraft());
    const search = page.getByLabel('Numéro ou référence');
    await search.fill('RDV-7');
    await tell(MOVED);
    const old = oldOf(page);
    await old.waitFor();
    expect(await isDrawnAnew()).toBe(false);
    expect(await search.inputValue()).toBe('RDV-7');
    await page.getByRole('link', { name: 'Actualiser' }).click();
    await expect.poll(timesDrawn).toBeGreaterThan(0);
    expect(await old.isVisible()).toBe(false);
  });

  it('announces its age in an existing region', async () => {
    const { page, tell } = await followed(await aDraft());
    const region = page.locator('main').getByRole('status');
    expect([await region.count(), await region.textContent()]).toEqual([1, '']);
    await page.getByLabel('Numéro ou référence').fill('RDV-7');
    await tell(MOVED);
    await expect.poll(() => region.textContent()).toContain('Cette page n’est plus à jour.');
    expect(await obstacles(page)).toEqual([]);
  });

  it('moves nothing when it says so', async () => {
    const { page, tell } = await followed(await aDraft());
    await page.getByLabel('Numéro ou référence').fill('RDV-7');
    const before = await question(page).boundingBox();
    await tell(MOVED);
    await oldOf(page).waitFor();
    expect(await question(page).boundingBox()).toEqual(before);
  });

  it('is drawn again despite a lost key release', NIGHT, async () => {
    const { page, tell, timesDrawn } = await followed(await aDraft());
    await keys(page, ['keydown', 'MetaLeft'], ['keydown', 'KeyC'], ['keyup', 'MetaLeft']);
    await tell(MOVED);
    await expect.poll(timesDrawn).toBeGreaterThan(0);
  });

  it('is drawn again despite a missing key end', NIGHT, async () => {
    const { page, tell, isDrawnAnew, timesDrawn } = await followed(await aDraft());
    await keys(page, ['keydown', 'KeyC']);
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
    await page.clock.fastForward(10_000);
    await expect.poll(timesDrawn).toBeGreaterThan(0);
  });

  it('is drawn again despite a missing press end', NIGHT, async () => {
    const { page, tell, timesDrawn } = await followed(await aDraft());
    await page.locator('body').dispatchEvent('pointerdown', { pointerId: 1 });
    await page.mouse.move(300, 300);
    await tell(MOVED);
    await expect.poll(timesDrawn).toBeGreaterThan(0);
  });

  it('waits for a key that is held long', NIGHT, async () => {
    const { page, tell, isDrawnAnew } = await followed(await aDraft());
    await keys(page, ['keydown', 'Space']);
    await page.clock.fastForward(10_000);
    await keys(page, ['keydown', 'Space']);
    await tell(MOVED);
    expect(await isDrawnAnew()).toBe(false);
  });

  it('says it is old after ten busy seconds', NIGHT, async () => {
    const { page, tell, isDrawnAnew } = await followed(await aDraft());
    await question(page).hover();
    await page.mouse.down();
    await tell(MOVED);
    expect([await isDrawnAnew(), await oldOf(page).isVisible()]).toEqual([false, false]);
    await page.clock.fastForward(10_000);
    await oldOf(page).waitFor();
    expect(await isDrawnAnew()).toBe(false);
  });

  async function waitsForTheField(_: string, html: string, acts: (typeof FIELDS)[number][2]) {
    const { page, tell, isDrawnAnew, timesDrawn } = await followed(await aDraft());
    await page.locator('main').evaluate((main, field) => main.insertAdjacentHTML('beforeend', field), html);
    await acts.change(page);
    await tell(MOVED);
    await oldOf(page).waitFor();
    expect(await isDrawnAnew()).toBe(false);
    await acts.putBack(page);
    await expect.poll(timesDrawn).toBeGreaterThan(0);
  }
  it.each(FIELDS.filter(([name]) => name === 'a checkbox'))(
    'waits for %s only while it is changed',
    waitsForTheField,
  );
  it.each(FIELDS.filter(([name]) => name !== 'a checkbox'))(
    'waits for %s only while it is changed',
    NIGHT,
    waitsForTheField,
  );
});
