import type { Locator, Page } from 'playwright-core';

const MOST_TABS = 200;

/** Goes there by Tab alone, as somebody without a mouse does. */
export async function tabbedTo(page: Page, there: Locator): Promise<void> {
  const focused = there.and(page.locator(':focus'));
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${there.toString()}.`);
}
