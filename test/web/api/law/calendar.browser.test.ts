import { DateTime } from 'luxon';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localityOf, type Territory } from '../../../../src/rule/territory.ts';
import { calendarPage } from '../../../../src/web/api/law/calendar-page.ts';
import { aBrowser, noBrowser, obstacles } from '../../browser/browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await aBrowser();
});

afterAll(() => browser?.close());

/** The page of a month, as the law prints it. */
async function shown(
  { territory, profile, language }: { territory: Territory; profile: string; language: 'fr' | 'en' },
  options: BrowserContextOptions = {},
): Promise<Page> {
  const locality = localityOf(territory);
  const from = DateTime.fromISO('2027-05-01', { zone: locality.timeZone });
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.setContent(calendarPage({ profile, locality, from, to: from.endOf('month'), language }).source);
  return page;
}

const france = { territory: 'FR', profile: 'fr-seed-strict', language: 'fr' } as const;
const strasbourg = { territory: 'FR-67', profile: 'fr-charter-2026', language: 'en' } as const;

describe.skipIf(noBrowser)('the calendar of windows', () => {
  test.each([
    ['by day, in French', france, { colorScheme: 'light' }],
    ['by night, in French', france, { colorScheme: 'dark' }],
    ['by day, in English, with days advised against', strasbourg, { colorScheme: 'light' }],
    ['by night, in English, with days advised against', strasbourg, { colorScheme: 'dark' }],
    ['on a phone', strasbourg, { viewport: { width: 360, height: 740 } }],
  ] as const)(
    'is readable %s',
    async (_how, asked, options) => {
      const page = await shown(asked, options);
      expect(await obstacles(page)).toEqual([]);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBeLessThanOrEqual(0);
      await page.context().close();
    },
    60_000,
  );

  test('puts a month on one sheet of paper', async () => {
    const page = await shown(strasbourg);
    const paper = await page.pdf({ format: 'A4', margin: { top: '12mm', bottom: '12mm' } });
    expect(paper.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
  });
});
