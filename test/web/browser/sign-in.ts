import type { Browser, BrowserContext } from 'playwright-core';

/** The languages of the console. */
export type Language = 'fr' | 'en';

/** Somebody who signed in to the console with a key, and reads it in that language. */
export async function signedInAt(
  browser: Browser,
  { origin, key, language }: { readonly origin: string; readonly key: string; readonly language: Language },
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: language === 'fr' ? 'fr-FR' : 'en-GB' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${origin}/console?lang=${language}`);
  await page.getByLabel(language === 'fr' ? 'Clé d’API' : 'API key').fill(key);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
  await page.close();
  return context;
}
