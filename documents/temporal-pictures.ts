import type { Locator, Page } from 'playwright-core';
import { keep } from './keep-picture.ts';

const WIDE = { width: 1360, height: 1100 };
const NOTHING = { x: 0, y: 0, width: 0, height: 0 };
/** Below the summary of the workflow there is nothing to see. */
const BELOW_TIMELINE = 150;
const BELOW_SIGNALS = 60;

/** A page of Temporal from the state of the workflow to something on it. */
async function downTo(page: Page, last: Locator, beneath: number): Promise<typeof NOTHING> {
  const status = (await page.getByText('Running', { exact: true }).first().boundingBox()) ?? NOTHING;
  const [x, y] = [Math.max(0, status.x - 24), Math.max(0, status.y - 44)];
  return { x, y, width: WIDE.width - x, height: ((await last.boundingBox()) ?? NOTHING).y + beneath - y };
}

/** A share of a campaign that waits for Monday. */
export async function waiting(page: Page, ui: number, campaignId: string): Promise<void> {
  const workflow = encodeURIComponent(`campaign/${campaignId}/shard/0`);
  await page.setViewportSize(WIDE);
  await page.goto(`http://localhost:${ui}/namespaces/default/workflows/${workflow}`);
  await page.getByText('Timeline', { exact: true }).first().waitFor();
  await page.getByText('pas de SMS le dimanche').first().waitFor();
  await page.waitForTimeout(1_500);
  const timeline = page.getByText('Timeline', { exact: true }).last();
  await keep(
    'temporal-waiting',
    await page.screenshot({ clip: await downTo(page, timeline, BELOW_TIMELINE) }),
  );
}

/** Why a reminder has not left, as whoever has no key sees it. */
export async function reminder(page: Page, ui: number, seriesId: string): Promise<void> {
  const workflow = encodeURIComponent(`series/${seriesId}`);
  await page.setViewportSize(WIDE);
  await page.goto(`http://localhost:${ui}/namespaces/default/workflows/${workflow}`);
  await page.getByText('pas de SMS le dimanche').first().waitFor();
  await page.getByText('User Metadata').click();
  // Details are drawn in frames of their own, the current ones last.
  const signals = page.locator('iframe').last().contentFrame().getByText('Signaux possibles');
  await signals.waitFor();
  await keep(
    'temporal-reminder',
    await page.screenshot({ clip: await downTo(page, signals, BELOW_SIGNALS) }),
  );
}
