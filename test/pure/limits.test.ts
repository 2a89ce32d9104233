import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A limit ends what hangs, and says nothing about speed: beside other files a test takes up to ten times as long. */
const LEAST_MS = 60_000;

/** Where the limit is what the test says, or no fact is waited for. */
const LISTED: Readonly<Record<string, string>> = {
  'test/asvs/keys.test.ts': 'how soon a revoked key opens nothing any more',
  'test/gateways/connections.test.ts': 'how soon after an outage connections are open again',
  'test/web/console/hand.browser.test.ts': 'how long a key that loads no page is waited for',
};

const limitsIn = (text: string): readonly number[] =>
  [...text.matchAll(/\btimeout: ([\d_]+)|(?:waitFor|waitUntil)\(.*, ([\d_]{3,})\)/g)].map(([, one, other]) =>
    Number((one ?? other ?? '').replaceAll('_', '')),
  );

describe('a limit of the tests', () => {
  it('is long enough for a busy machine', () => {
    const short = globSync('test/**/*.ts', { cwd: root })
      .filter((file) => limitsIn(readFileSync(path.join(root, file), 'utf8')).some((ms) => ms < LEAST_MS))
      .filter((file) => file !== 'test/pure/limits.test.ts');
    expect(short.toSorted()).toEqual(Object.keys(LISTED).toSorted());
  });

  it.each([
    ['of a test', `it('is so', { timeout: 20_000 }, body);`, [20_000]],
    ['of a fact', `await expect.poll(facts, { timeout: 5_000 }).toBe(1);`, [5_000]],
    ['by its place', `await vi.waitFor(() => expect(held).toBe(1), 10_000);`, [10_000]],
    ['none', `await expect.poll(facts).toBe(1);`, []],
  ])('is found: %s', (_, text, limits) => {
    expect(limitsIn(text)).toEqual(limits);
  });
});
