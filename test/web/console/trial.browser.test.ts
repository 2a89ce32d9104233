import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATORS } from '../../../src/gateways/operators.ts';
import { ASSUMPTION_WORDS } from '../../../src/gateways/entry.ts';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, type Instance } from '../../support/instance.ts';
import { aBrowser, noBrowser, obstacles } from '../browser/browser.ts';
import { tabbedTo } from '../browser/keyboard.ts';
import { signedInAt, type Language } from '../browser/sign-in.ts';
import { wordsIn } from '../../../src/words/index.ts';

let instance: Instance;
let browser: Browser;

beforeAll(async () => {
  browser = await aBrowser();
  instance = await anInstance();
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
});

const WORDS = {
  fr: {
    trial: 'Essai du compte',
    phone: 'Votre numéro de portable',
    start: 'Lancer l’essai',
    sure: 'C’est mon téléphone : lancer l’essai',
    exactly: 'Oui, exactement',
    stop: 'Maintenant, tapez STOP sur votre téléphone.',
    ended: 'Dernier essai',
    reply: 'Répondre',
  },
  en: {
    trial: 'Trial of the account',
    phone: 'Your mobile number',
    start: 'Start the trial',
    sure: 'It is my phone: start the trial',
    exactly: 'Yes, exactly',
    stop: 'Now type STOP on your phone.',
    ended: 'Last trial',
    reply: 'Reply',
  },
} as const;

/** How somebody uses a page: with a mouse, or with the keyboard alone. */
interface Hand {
  press(there: Locator): Promise<void>;
  type(there: Locator, text: string): Promise<void>;
}

const mouse = (): Hand => ({
  press: (there) => there.click(),
  type: (there, text) => there.fill(text),
});

function keyboard(page: Page): Hand {
  const enter = async (there: Locator): Promise<void> => {
    await tabbedTo(page, there);
    await page.keyboard.press('Enter');
  };
  return {
    press: enter,
    type: async (there, text) => {
      await tabbedTo(page, there);
      await page.keyboard.type(text);
    },
  };
}

const HANDS = { 'by clicks': mouse, 'by keyboard': keyboard } as const;

/** A telephone of the sandbox, open on its page. */
async function telephone(context: BrowserContext, language: Language, phone: string): Promise<Locator> {
  const page = await context.newPage();
  await page.goto(`${instance.origin}/sandbox?lang=${language}`);
  return page.getByRole('article', { name: phone });
}

type Trial = readonly [language: 'fr' | 'en', by: keyof typeof HANDS, phone: string];

async function isTried(language: 'fr' | 'en', by: keyof typeof HANDS, phone: string): Promise<void> {
  const words = WORDS[language];
  const context = await signedInAt(browser, { origin: instance.origin, key: instance.key, language });
  const page = await context.newPage();
  const hand = HANDS[by](page);
  await page.goto(`${instance.origin}/console/gateways`);
  await hand.press(page.locator('a[href="/console/gateways/sandbox/trial"]'));
  await page.getByRole('heading', { level: 1, name: words.trial }).waitFor();
  expect(await obstacles(page)).toEqual([]);

  await hand.type(page.getByLabel(words.phone), phone);
  await hand.press(page.getByRole('button', { name: words.start, exact: true }));
  await hand.press(page.getByRole('button', { name: words.sure }));

  const handset = await telephone(context, language, phone);
  const received = handset.locator('.received .bubble');
  for (const [place, text] of (['accents', 'two-parts'] as const).entries()) {
    // The page says by itself what the telephone has to show.
    await page
      .locator('blockquote')
      .getByText(wordsIn(language).doctor.trialTexts[text], { exact: true })
      .waitFor();
    await received.nth(place).waitFor();
    expect(await received.nth(place).innerText()).toBe(wordsIn(language).doctor.trialTexts[text]);
    await hand.press(page.getByRole('button', { name: words.exactly }));
  }

  await page.getByText(words.stop).waitFor();
  expect(await obstacles(page)).toEqual([]);
  const typing = HANDS[by](handset.page());
  await typing.type(handset.getByRole('textbox', { name: words.reply }), 'STOP');
  await handset.page().keyboard.press('Enter');

  await page.getByText(words.ended).first().waitFor();
  const row = (what: string): Locator => page.getByRole('row').filter({ hasText: what });
  for (const id of OPERATORS.sandbox.assumptions) {
    const shown = await row(ASSUMPTION_WORDS[id].what[language]).first().innerText();
    expect([id, shown]).toEqual([id, expect.stringContaining(wordsIn(language).doctor.verdicts.held)]);
  }
  expect(await obstacles(page)).toEqual([]);
  await context.close();
}

const TRIALS: Trial[] = [
  ['fr', 'by clicks', '+33639980201'],
  ['en', 'by keyboard', '+33639980204'],
  ['en', 'by clicks', '+33639980202'],
  ['fr', 'by keyboard', '+33639980203'],
];

describe.skipIf(noBrowser)(
  'a trial of an account is started, answered, ended by STOP and read',
  NIGHT,
  () => {
    it.each(TRIALS)('in %s, %s', isTried);
  },
);
