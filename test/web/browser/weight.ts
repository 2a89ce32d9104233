import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/** Script that a page may bring, as it comes over the wire. */
export const MOST_SCRIPT_BYTES = 200_000;

/** What a page asks of a browser. */
export interface Weight {
  readonly scriptBytes: number;
  readonly firstPaintMs: number;
}

/** In the page: the bytes of script that it bears itself, and when it first showed something. */
const SEEN = `(async () => {
  const firstPaintMs = await new Promise((told) => {
    new PerformanceObserver((seen) => {
      const [first] = seen.getEntriesByName('first-contentful-paint');
      if (first !== undefined) told(first.startTime);
    }).observe({ type: 'paint', buffered: true });
  });
  const written = [...document.querySelectorAll('script:not([src])')];
  const inline = written.reduce((sum, { textContent }) => sum + new TextEncoder().encode(textContent).length, 0);
  return { inline, firstPaintMs };
})()`;

/** Weighs the pages that one tab opens, nothing kept from one to the next. */
export class Scales {
  readonly page: Page;
  readonly #scripts = new Set<string>();
  #bytes = 0;

  private constructor(page: Page, wire: CDPSession) {
    this.page = page;
    wire.on('Network.responseReceived', ({ requestId, type }) => {
      if (type === 'Script') this.#scripts.add(requestId);
    });
    wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (this.#scripts.has(requestId)) this.#bytes += encodedDataLength;
    });
  }

  /** A new tab of this context. */
  static async in(context: BrowserContext): Promise<Scales> {
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    await wire.send('Network.enable');
    await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
    return new Scales(page, wire);
  }

  /** Opens an address and answers what it weighed; a page that is not there is none. */
  async weigh(url: string): Promise<Weight> {
    this.#bytes = 0;
    const answer = await this.page.goto(url, { waitUntil: 'load' });
    if (answer?.ok() !== true) throw new Error(`${url} answered ${answer?.status() ?? 'nothing'}`);
    const { inline, firstPaintMs } = await this.page.evaluate<{ inline: number; firstPaintMs: number }>(SEEN);
    return { scriptBytes: this.#bytes + inline, firstPaintMs };
  }
}
