import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chosenBrowser, chromiumOf } from './chromium.ts';

/** How it is started, whichever it is. */
export const ARGUMENTS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Tests that need a browser are skipped without one; the run's last line says so. */
export const noBrowser = chosenBrowser() === undefined;

/** A real browser: the one of the package, or the machine's. */
export async function aBrowser(): Promise<Browser> {
  const chosen = chosenBrowser();
  if (chosen === undefined)
    throw new Error('There is no browser: put chromium on the PATH, or name one in CHROMIUM.');
  const { program, env } = await chromiumOf(chosen);
  return chromium.launch({ executablePath: program, args: ARGUMENTS, env: { ...process.env, ...env } });
}

/** What keeps somebody from using the page as it stands, each with where; a page that loads anew is looked at anew. */
export async function obstacles(page: Page): Promise<string[]> {
  for (let looks = 1; ; looks += 1) {
    await page.waitForLoadState();
    try {
      return await found(page);
    } catch (cause) {
      if (looks === MOST_LOOKS || !String(cause).includes('Execution context was destroyed')) throw cause;
    }
  }
}

const MOST_LOOKS = 10;

async function found(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe.run();
    return (await run).violations.map(({ id, help, nodes }) => ({
      id,
      help,
      at: nodes.map(({ target }) => target),
    }));
  });
  return violations.map(({ id, help, at }) => `${id}: ${help} at ${JSON.stringify(at)}`);
}

/** The red notice of Temporal's page where it was told of a codec that does not answer it. */
export const NOT_REACHED = 'Codec Server could not connect';
