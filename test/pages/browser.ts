import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's own; a browser that a package would fetch is another one on each machine. */
const CHROMIUM = '/usr/bin/chromium';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real browser; a machine without one fails here, it never passes in silence. */
export function aBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`${CHROMIUM} is missing, so no page was looked at: apt-get install chromium`);
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** What keeps somebody from using the page as it stands, each with where. */
export async function obstacles(page: Page): Promise<string[]> {
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
