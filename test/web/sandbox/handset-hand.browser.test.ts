import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sandboxPage } from '../../../src/web/sandbox/sandbox.ts';
import { NIGHT } from '../../support/cases.ts';
import { aBrowser, noBrowser } from '../browser/browser.ts';

const [CLAIRE, DENIS] = ['+33639980011', '+33639980012'];
const others = Array.from({ length: 9 }, (_, place) => `+3363998010${place}`);
const eight = others.slice(0, 8);

/** Numbers that were written to, the last one first, as the sandbox tells its page. */
let written: readonly string[] = [];
let looks = 0;
const replies: string[] = [];

const app = express();
app.use('/sandbox', sandboxPage());
app.get('/sandbox/handsets', (_, res) => {
  looks += 1;
  res.json(written.map((number) => ({ number, lastAt: '2027-03-30T08:00:00Z', lastText: 'Bonjour' })));
});
app.get('/sandbox/handsets/:number/conversation', (_, res) => {
  res.json([]);
});
app.post('/sandbox/handsets/:number/replies', (req, res) => {
  replies.push(req.params.number);
  res.json({ webhookStatus: 204 });
});
const server = createServer(app).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let browser: Browser;
beforeAll(async () => {
  browser = await aBrowser();
});
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});

async function opened(...numbers: readonly string[]): Promise<Page> {
  written = numbers;
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  await page.goto(`${origin}/sandbox?lang=fr`);
  await page
    .getByRole('article')
    .nth(numbers.length - 1)
    .waitFor();
  return page;
}

/** The page has asked twice more: what the first answer changed is drawn. */
async function twoLooks(): Promise<void> {
  const before = looks;
  await expect.poll(() => looks).toBeGreaterThan(before + 2);
}

/** Which phones stand there, and whether each is still the one that stood there before. */
const phonesOf = (page: Page) => page.getByRole('article');
const marked = (page: Page) => page.locator('article[data-marked]');
const mark = (page: Page) =>
  phonesOf(page).evaluateAll((phones) => {
    for (const phone of phones) phone.dataset['marked'] = '';
  });

describe.skipIf(noBrowser)('the page of handsets under a hand', () => {
  it('keeps a pressed phone in place', async () => {
    const page = await opened(CLAIRE);
    await page.getByRole('button', { name: 'STOP' }).hover();
    await page.mouse.down();
    written = [DENIS, CLAIRE];
    await twoLooks();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.mouse.up();
    await expect.poll(() => replies).toEqual([CLAIRE]);
    await page.getByRole('article', { name: DENIS }).waitFor();
  });

  it('keeps the phone somebody is writing on', NIGHT, async () => {
    const page = await opened(CLAIRE);
    const answer = page.getByRole('article', { name: CLAIRE }).getByRole('textbox');
    await answer.fill('STO');
    written = others;
    await page.getByRole('article', { name: others[0] ?? '' }).waitFor();
    await twoLooks();
    expect(await answer.inputValue()).toBe('STO');
  });

  it('keeps eight phones beside the one written on', NIGHT, async () => {
    const page = await opened(CLAIRE);
    await page.getByRole('article', { name: CLAIRE }).getByRole('textbox').fill('STO');
    written = eight;
    for (const number of eight) await page.getByRole('article', { name: number }).waitFor();
    await mark(page);
    await twoLooks();
    expect([await marked(page).count(), await phonesOf(page).count()]).toEqual([9, 9]);
  });

  it('keeps eight phones beside one opened by number', NIGHT, async () => {
    const page = await opened(...eight);
    await page.getByRole('combobox', { name: 'Ouvrir un téléphone' }).fill(CLAIRE);
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: CLAIRE }).waitFor();
    await page.keyboard.press('Escape');
    await mark(page);
    await twoLooks();
    expect([await marked(page).count(), await phonesOf(page).count()]).toEqual([9, 9]);
  });

  it('drops phones without recent writing', NIGHT, async () => {
    const page = await opened(CLAIRE, DENIS);
    written = eight;
    for (const number of eight) await page.getByRole('article', { name: number }).waitFor();
    await expect.poll(() => phonesOf(page).count()).toBe(8);
  });
});
