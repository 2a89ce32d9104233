import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, type TestOptions } from 'vitest';
import { until, type Instance } from '../../support/instance.ts';
import { noBrowser, obstacles } from './browser.ts';

const PEOPLE = 16;
const numberOf = (place: number): string => `+336399802${String(place).padStart(2, '0')}`;

/** Where the way out is looked at. */
interface Place {
  readonly instance: Instance;
  readonly browser: Browser;
}

let instance: Instance;
let browser: Browser;
const ids = new Map<string, string>();

/** People who agreed, of a company that may be called; made once. */
async function prepared(): Promise<void> {
  if (ids.size > 0) return;
  await instance.moveClock('2027-03-30T10:00:00+02:00');
  await instance.call('PATCH', '/v1/tenant', {
    name: 'Maison Lumière',
    legalName: 'Maison Lumière SAS',
    contact: { phone: '01 42 68 53 00' },
  });
  const wording = await instance.call('POST', '/v1/wordings', {
    purpose: 'marketing',
    inUseFrom: '2026-01-01T00:00:00+01:00',
    text: 'Je consens à recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.',
  });
  for (let place = 0; place < PEOPLE; place += 1) {
    const consent = await instance.call('POST', '/v1/consents', {
      phone: numberOf(place),
      purpose: 'marketing',
      wordingId: wording.body['id'],
      method: 'paper',
      grantedAt: '2026-03-04T10:00:00+01:00',
      evidence: { documentRef: `BULL-${place}` },
    });
    ids.set(numberOf(place), String(consent.body['contactId']));
  }
}

async function opened(url: string, options = {}): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', ...options });
  const page = await context.newPage();
  await page.goto(`${instance.origin}${new URL(url).pathname}`);
  return page;
}

async function linkOf(phone: string): Promise<string> {
  const link = await instance.call('GET', `/v1/contacts/${ids.get(phone)}/opt-out-link`);
  expect(link.status).toBe(200);
  return String(link.body['url']);
}

async function launched(text: string, more: object = {}): Promise<string> {
  const made = await instance.call('POST', '/v1/campaigns', {
    name: 'Printemps',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text,
    audience: { contactIds: [...ids.values()] },
    ...more,
  });
  const id = String(made.body['id']);
  expect((await instance.call('POST', `/v1/campaigns/${id}/launch`, {})).status).toBe(202);
  return id;
}

interface Received {
  readonly to: string;
  readonly text: string;
}

async function received(words: string): Promise<Received[]> {
  const answer = await fetch(`${instance.origin}/sandbox/log`);
  return (await answer.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Received)
    .filter(({ text }) => text.includes(words));
}

const finished = (id: string): Promise<unknown> =>
  until(
    async () => (await instance.call('GET', `/v1/campaigns/${id}`)).body,
    (campaign) => campaign['status'] === 'finished',
    60_000,
  );

/** A page without scripts, looked at again by one that may run them. */
async function obstaclesOf(page: Page): Promise<string[]> {
  const again = await browser.newPage();
  await again.setContent(await page.content());
  const found = await obstacles(again);
  await again.close();
  return found;
}

/** What people meet who leave; what is left to the night is told so. */
export function theWayOut(place: () => Place, atNight: TestOptions): void {
  beforeAll(() => {
    ({ instance, browser } = place());
  });

  describe.skipIf(noBrowser)('the way out in a browser, while a campaign is sent', () => {
    beforeAll(prepared, 60_000);

    it('works when pressed, not when scanned', async () => {
      const campaign = await launched('Maison Lumière : portes ouvertes. {stop}', { ratePerSecond: 2 });
      const gone = await until(
        () => received('portes ouvertes'),
        (some) => some.length >= 3,
        30_000,
      );
      const waiting = [...ids.keys()].filter((phone) => !gone.some(({ to }) => to === phone));
      const [leaver = '', scanned = ''] = waiting.toReversed();
      await fetch(`${instance.origin}${new URL(await linkOf(scanned)).pathname}`);
      const page = await opened(await linkOf(leaver));
      await page.getByRole('button').click();
      expect(await page.locator('h1').innerText()).toBe('C’est noté');
      expect((await received('portes ouvertes')).some(({ to }) => to === leaver)).toBe(false);

      const end = (await finished(campaign)) as { accounts: { excluded: Record<string, number> } };
      const to = (await received('portes ouvertes')).map((one) => one.to);
      expect(to).not.toContain(leaver);
      expect(to).toContain(scanned);
      expect(to).toHaveLength(PEOPLE - 1);
      expect(Object.values(end.accounts.excluded)).toEqual([1]);
    });

    it('is in each SMS text, and works too', async () => {
      const campaign = await launched('Maison Lumière : derniers jours. Ne plus recevoir : {stopLink}');
      await finished(campaign);
      const texts = await received('derniers jours');
      const links = texts.map(({ text }) => /https?:\/\/\S+$/.exec(text)?.[0] ?? '');
      expect(new Set(links).size).toBe(PEOPLE - 1);
      const [first] = texts;
      expect(links[0]).toBe(await linkOf(first?.to ?? ''));
      const page = await opened(links[0] ?? '');
      await page.getByRole('button').click();
      const consents = await instance.call('GET', `/v1/contacts/${ids.get(first?.to ?? '')}/consents`);
      expect(consents.body).toMatchObject({ purposes: { marketing: { sendable: false } } });
    });
  });

  describe.skipIf(noBrowser)('the page of the way out', () => {
    beforeAll(prepared, 60_000);

    const looks: [string, object][] = [
      ['on a small phone', { viewport: { width: 320, height: 640 } }],
      ['in English, by night', { locale: 'en-GB', colorScheme: 'dark' }],
    ];
    const looksOfTheNight: [string, object][] = [
      ['by day', { colorScheme: 'light' }],
      ['by night', { colorScheme: 'dark' }],
      ['in English', { locale: 'en-GB' }],
    ];
    async function keepsNobodyOut(_: string, options: object): Promise<void> {
      const page = await opened(await linkOf(numberOf(1)), { ...options, javaScriptEnabled: true });
      expect(await obstacles(page)).toEqual([]);
      const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(width).toBeLessThanOrEqual(0);
    }
    it.each(looks)('is usable %s', keepsNobodyOut);
    it.each(looksOfTheNight)('is usable %s', atNight, keepsNobodyOut);

    it('is as readable as a payment plan’s page', atNight, async () => {
      const phone = '+33639980290';
      const instalments = Array.from({ length: 20 }, (_, turn) => ({
        number: turn + 1,
        dueOn: `${2028 + Math.floor(turn / 12)}-${String(1 + (turn % 12)).padStart(2, '0')}-10`,
        amount: '49.00',
        currency: 'EUR',
      }));
      const filed = await instance.call('PUT', '/v1/payment-plans/PL-1', {
        contact: { phone },
        label: 'Confort',
        instalments,
        maxParts: 2,
        consent: {
          method: 'paper',
          grantedAt: '2026-08-10',
          wording: 'J’accepte les rappels de mes échéances.',
        },
      });
      expect(filed.status).toBe(201);
      await instance.moveClock('2027-03-30T11:30:00+02:00');
      const [text] = await until(
        async () => (await received('20 échéances')).map((one) => one.text),
        (texts) => texts.length === 1,
      );
      const page = await opened(/https?:\/\/\S+\/s\/\w+/.exec(text ?? '')?.[0] ?? '', {
        javaScriptEnabled: true,
      });
      expect(await page.locator('tbody tr').count()).toBe(20);
      expect(await obstacles(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    });

    it('works by keyboard, and asks nobody else', async () => {
      const page = await opened(await linkOf(numberOf(2)));
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/')[1] ?? ''));
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('text=C’est noté');
      expect(new Set(asked)).toEqual(new Set(['u']));
      expect(await obstaclesOf(page)).toEqual([]);
    });
  });
}
