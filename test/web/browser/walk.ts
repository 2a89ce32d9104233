import type { BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import { obstacles } from './browser.ts';
import { Scales } from './weight.ts';

const DESK = { width: 1280, height: 800 };
const SMALL_PHONE = { width: 360, height: 780 };

/** What somebody meets who opens each page once. */
export interface Walk {
  /** What keeps people out. */
  readonly found: readonly string[];
  /** Bytes of script of each page. */
  readonly weights: Readonly<Record<string, number>>;
  /** Pages that scroll sideways on a small phone, with their width. */
  readonly wide: readonly string[];
}

interface Way {
  readonly origin: string;
  /** Under `/console`. */
  readonly paths: readonly string[];
  readonly language: 'fr' | 'en';
}

/** Opens each page of the console, one that is not there, and the one for whoever has left. */
export async function walked(context: BrowserContext, { origin, paths, language }: Way): Promise<Walk> {
  const scales = await Scales.in(context);
  const { page } = scales;
  const [found, weights, wide]: [string[], Record<string, number>, string[]] = [[], {}, []];
  const look = async (path: string): Promise<void> => {
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    found.push(...(await obstacles(page)).map((obstacle) => `${path}: ${obstacle}`));
  };
  await page.goto(`${origin}/console?lang=${language}`);
  for (const path of paths) {
    await page.setViewportSize(DESK);
    weights[path] = (await scales.weigh(`${origin}/console${path}`)).scriptBytes;
    await look(path);
    await page.setViewportSize(SMALL_PHONE);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > SMALL_PHONE.width) wide.push(`${path}: ${width}`);
  }
  await page.goto(`${origin}/console/nowhere`);
  await look('/nowhere');
  await context.clearCookies();
  await page.goto(`${origin}/console`);
  found.push(...(await obstacles(page)));
  await context.close();
  return { found, weights, wide };
}
